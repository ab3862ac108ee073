/* SPDX-License-Identifier: MIT */
#include "disk/cpio.h"

#include <string.h>
#include <sys/stat.h>

static void pad(struct text *t)
{
	text_add(t, "\0\0\0", -t->len % 4);
}

static void add(struct cpio *c, const char *path, unsigned mode, const void *bytes, size_t len)
{
	unsigned links = S_ISDIR(mode) ? 2 : 1;

	text_printf(&c->bytes, "070701%08X%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08zX%08X", ++c->last,
		    mode, 0, 0, links, 0, len, 0, 0, 0, 0, strlen(path) + 1, 0);
	text_add(&c->bytes, path, strlen(path) + 1);
	pad(&c->bytes);
	text_add(&c->bytes, bytes, len);
	pad(&c->bytes);
}

void cpio_folder(struct cpio *c, const char *path)
{
	add(c, path, S_IFDIR | 0755, "", 0);
}

void cpio_file(struct cpio *c, const char *path, unsigned mode, const void *bytes, size_t len)
{
	add(c, path, S_IFREG | mode, bytes, len);
}

void cpio_end(struct cpio *c)
{
	c->last = 0;
	add(c, "TRAILER!!!", 0, "", 0);
}

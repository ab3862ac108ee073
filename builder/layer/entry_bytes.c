/* SPDX-License-Identifier: MIT */
#include "layer/entry_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/layer.h"

struct reach {
	struct layer_reader *packs;
	const struct entry *open; /* the entry whose file is fd */
	int fd;
};

struct reach *entry_bytes_new(const struct store *s)
{
	struct reach *r = mem_new(sizeof *r);

	r->packs = layer_reader(s);
	r->fd = -1;
	return r;
}

void entry_bytes_done(struct reach *r)
{
	file_closep(&r->fd);
	layer_reader_done(r->packs);
	free(r);
}

static struct err *open_file(struct reach *r, const struct entry *e)
{
	struct stat st;

	file_closep(&r->fd);
	r->open = NULL;
	r->fd = open(e->content.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (r->fd < 0 || fstat(r->fd, &st) < 0)
		return err_errno(errno, "open %s", e->content.path);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != e->size_bytes)
		return err_new(ERR_BUILD, "%s has changed since it was listed", e->content.path);
	r->open = e;
	return NULL;
}

struct err *entry_bytes_read(struct reach *r, const struct entry *e, uint64_t offset, void *bytes, size_t len)
{
	switch (e->content.kind) {
	case CONTENT_MEMORY: memcpy(bytes, (const char *)e->content.bytes + offset, len); return NULL;
	case CONTENT_PACK: return layer_read(r->packs, e, offset, bytes, len);
	case CONTENT_DISK:
		if (r->open != e)
			TRY(open_file(r, e));
		return file_read_at(r->fd, bytes, len, offset, e->content.path);
	default: return err_new(ERR_BUILD, "nothing holds the bytes of /%s", e->path);
	}
}

/* SPDX-License-Identifier: MIT */
/* Refs: which blob or value was built for a key. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

struct err *store_ref_load(const char *path, char **ret_text)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	struct err *e = file_read(path, STORE_REF_LIMIT + 1, &text, &len);

	*ret_text = NULL;
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	/* We write the newline last: without it the write was torn. */
	if (!len || text[len - 1] != '\n')
		return NULL;
	text[len - 1] = '\0';
	*ret_text = TAKE(text);
	return NULL;
}

static struct err *write_beside(const struct store *s, char *beside, const char *path, const char *text)
{
	AUTO_CLOSE int fd = mkostemp(beside, O_CLOEXEC);

	if (fd < 0)
		return store_disk_err(errno, s);
	AUTO_FREE char *marked = mem_printf("%s\n", text);
	struct err *e = file_write_all(fd, marked, strlen(marked), path);
	if (!e && (fchmod(fd, 0644) < 0 || rename(beside, path) < 0))
		e = store_disk_err(errno, s);
	if (e)
		unlink(beside);
	return e;
}

struct err *store_ref_save(const struct store *s, const char *path, const char *text)
{
	AUTO_FREE char *beside = mem_printf("%s/tmp/ref.XXXXXX", s->path);

	return write_beside(s, beside, path, text);
}

static char *path_of(const struct store *s, const char *kind, const struct digest *key)
{
	char hex[DIGEST_HEX];

	return mem_printf("%s/refs/%s/%s", s->path, kind, digest_hex(key, hex));
}

struct err *store_ref_read(const struct store *s, const char *kind, const struct digest *key, char **ret_text)
{
	AUTO_FREE char *path = path_of(s, kind, key);

	store_note_use(s, path);
	return store_ref_load(path, ret_text);
}

struct err *store_ref_write(struct store *s, const char *kind, const struct digest *key, const char *text)
{
	AUTO_FREE char *path = path_of(s, kind, key);
	AUTO_FREE char *folder = mem_printf("%s/refs/%s", s->path, kind);

	if (strlen(text) > STORE_REF_LIMIT)
		return err_new(ERR_SYSTEM, "a ref of %zu bytes is too long for the store", strlen(text));
	TRY(file_make_folder(folder, 0755));
	return store_ref_save(s, path, text);
}

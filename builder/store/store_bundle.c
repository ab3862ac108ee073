/* SPDX-License-Identifier: MIT */
#include "store/store_bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/named_file.h"
#include "base/text.h"
#include "store/inside.h"

#define CHUNK ((size_t)1 << 18)

void store_bundle_watch(struct store *s)
{
	s->watched = true;
}

void store_bundle_unwatch(struct store *s)
{
	s->watched = false;
}

void store_bundle_add(struct store *s, const struct digest *d)
{
	char hex[DIGEST_HEX];

	digest_hex(d, hex);
	VEC_PUSH(&s->used, mem_printf("blobs/sha256/%.2s/%s", hex, hex + 2));
}

struct err *store_bundle_add_caches(struct store *s)
{
	AUTO_FREE char *folder = mem_printf("%s/caches", s->path);
	DIR *dir = opendir(folder);

	if (!dir)
		return errno == ENOENT ? NULL : err_errno(errno, "%s", folder);
	for (struct dirent *d; (d = readdir(dir));)
		if (d->d_name[0] != '.')
			VEC_PUSH(&s->used, mem_printf("caches/%s", d->d_name));
	closedir(dir);
	return NULL;
}

void store_bundle_note(const struct store *s, const char *name)
{
	struct store *own = (struct store *)s; /* recording uses does not change the store */
	size_t len = strlen(s->path);

	if (!s->watched)
		return;
	if (!strncmp(name, s->path, len) && name[len] == '/')
		name += len + 1;
	pthread_mutex_lock(&own->mutex);
	VEC_PUSH(&own->used, mem_dup(name));
	pthread_mutex_unlock(&own->mutex);
}

void store_bundle_forget(struct store *s)
{
	for (size_t i = 0; i < s->used.count; i++)
		free(s->used.items[i]);
	free(s->used.items);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_used(const struct store *s, const char *name)
{
	return bsearch(&name, s->used.items, s->used.count, sizeof *s->used.items, by_name) != NULL;
}

/* A build that is complete in the store looks up no layer by its own key, but the next one, of a changed app,
 * does. */
static void add_layers(struct store *s)
{
	AUTO_FREE char *folder = mem_printf("%s/refs/layer", s->path);
	DIR *dir = opendir(folder);
	struct {
		char **items;
		size_t count, room;
	} more = { 0 };

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->d_name), *text = NULL;
		if (d->d_name[0] != '.')
			err_free(store_ref_load(path, &text)); /* an unreadable one is not exported */
		if (!text || strlen(text) < 64)
			continue;
		AUTO_FREE char *blob = mem_printf("blobs/sha256/%.2s/%.62s", text, text + 2);
		if (is_used(s, blob))
			VEC_PUSH(&more, mem_printf("refs/layer/%s", d->d_name));
	}
	if (dir)
		closedir(dir);
	for (size_t i = 0; i < more.count; i++)
		VEC_PUSH(&s->used, more.items[i]);
	free(more.items);
	qsort(s->used.items, s->used.count, sizeof *s->used.items, by_name);
}

/* Where files are written, and their totals. */
struct sink {
	const struct store *store;
	struct archive *archive;
	const char *below; /* the prefix of names there */
	const char *path;  /* the path as the person gave it */
	size_t files;
	uint64_t bytes;
};

static struct err *put_bytes(const struct sink *out, int fd, const char *name, uint64_t size)
{
	AUTO_FREE char *chunk = mem_new(CHUNK);

	for (uint64_t at = 0; at < size;) {
		size_t len = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
		TRY(file_read_at(fd, chunk, len, at, name));
		if (archive_write_data(out->archive, chunk, len) != (la_ssize_t)len)
			return err_errno(archive_errno(out->archive), "write %s", out->path);
		at += len;
	}
	return NULL;
}

/* as: its name there. */
static struct err *put_file(struct sink *out, const char *name, const char *as)
{
	AUTO_CLOSE int fd = openat(out->store->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	AUTO_FREE char *there = mem_printf("%s%s", out->below, as);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "read %s", name);
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, there);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, st.st_mode & 0111 ? 0555 : 0444);
	archive_entry_set_size(e, st.st_size);
	int state = archive_write_header(out->archive, e);
	archive_entry_free(e);
	if (state != ARCHIVE_OK)
		return err_errno(archive_errno(out->archive), "write %s", out->path);
	out->files++;
	out->bytes += (uint64_t)st.st_size;
	return put_bytes(out, fd, name, (uint64_t)st.st_size);
}

/* Adds all files below a folder, in order; of git's objects without unfinished ones. */
static struct err *put_folder(struct sink *out, const char *name, const char *as, bool git)
{
	AUTO_FREE char *path = mem_printf("%s/%s", out->store->path, name);
	struct dirent **list;
	int count = scandir(path, &list, NULL, alphasort);
	struct err *e = NULL;

	for (int i = 0; i < count; i++) {
		const char *own = list[i]->d_name;
		AUTO_FREE char *below = mem_printf("%s/%s", name, own), *there = mem_printf("%s/%s", as, own);
		bool skip = !strcmp(own, ".") || !strcmp(own, "..") ||
			    (git && (*own == '.' || text_starts(own, "tmp_")));
		if (!e && !skip && list[i]->d_type == DT_DIR)
			e = put_folder(out, below, there, git);
		else if (!e && !skip && list[i]->d_type == DT_REG)
			e = put_file(out, below, there);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return e;
}

/* "caches/npm-0123abcd" is "caches/npm" on other machines: the part after the last dash depends on this
 * machine's ids (layer/layer_steps.c). */
static struct err *put_cache(struct sink *out, const char *name)
{
	const char *dash = strrchr(name, '-');
	AUTO_FREE char *as = mem_ndup(name, dash ? (size_t)(dash - name) : strlen(name));

	return put_folder(out, name, as, false);
}

static struct err *put_all(struct sink *out, bool refs)
{
	const struct store *s = out->store;
	const char *last = "";

	for (size_t i = 0; i < s->used.count; i++) {
		const char *name = s->used.items[i];
		if (!strcmp(name, last))
			continue;
		last = name;
		if (text_starts(name, "git/"))
			TRY(put_folder(out, name, name, true));
		else if (text_starts(name, "caches/"))
			TRY(put_cache(out, name));
		else if (text_starts(name, "blobs/") || (refs && text_starts(name, "refs/")))
			TRY(put_file(out, name, name));
	}
	return NULL;
}

static struct err *finish(struct sink *out, struct err *e, size_t *ret_files, uint64_t *ret_bytes)
{
	if (archive_write_close(out->archive) != ARCHIVE_OK && !e)
		e = err_errno(archive_errno(out->archive), "write %s", out->path);
	archive_write_free(out->archive);
	*ret_files = out->files;
	*ret_bytes = out->bytes;
	return e;
}

struct err *store_bundle_write(struct store *s, const char *path, size_t *ret_files, uint64_t *ret_bytes)
{
	bool stream;
	AUTO_FREE char *whole = named_file_target(path, &stream),
		       *part = mem_printf("%s%s", whole, stream ? "" : ".part");
	struct sink out = { .store = s, .archive = archive_write_new(), .below = "", .path = path };

	qsort(s->used.items, s->used.count, sizeof *s->used.items, by_name);
	add_layers(s);
	archive_write_set_format_pax_restricted(out.archive);
	archive_write_add_filter_none(out.archive);
	struct err *e = archive_write_open_filename(out.archive, part) == ARCHIVE_OK ?
				NULL :
				err_errno(archive_errno(out.archive), "write %s", part);
	if (!e)
		e = put_all(&out, true);
	e = finish(&out, e, ret_files, ret_bytes);
	if (!e && !stream && rename(part, whole) < 0)
		e = err_errno(errno, "write %s", path);
	if (e && !stream)
		unlink(part);
	return e;
}

struct err *store_bundle_try_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct err *e = NULL;

	if (!dir)
		return errno == ENOENT ? NULL : err_errno(errno, "%s", path);
	for (struct dirent *d; !e && (d = readdir(dir));)
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..") && strcmp(d->d_name, "blobs") &&
		    strcmp(d->d_name, "git") && strcmp(d->d_name, "caches"))
			e = err_new(ERR_USAGE,
				    "%s holds other things, such as %s: name a folder that is not there yet",
				    path, d->d_name);
	closedir(dir);
	return e;
}

/* Removes the old content of path last; it stays whole until then if the file system can exchange names. */
static struct err *put_in_place(const char *part, const char *path)
{
	if (!renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_EXCHANGE))
		return file_remove_tree(part);
	TRY(file_remove_tree(path));
	return rename(part, path) < 0 ? err_errno(errno, "write %s", path) : NULL;
}

struct err *store_bundle_write_folder(struct store *s, const char *path, size_t *ret_files,
				      uint64_t *ret_bytes)
{
	AUTO_FREE char *part = mem_printf("%s.part", path), *below = mem_printf("%s/", part);
	struct sink out = { .store = s, .below = below, .path = path };

	TRY(store_bundle_try_folder(path));
	TRY(file_remove_tree(part));
	TRY(file_make_folder(part, 0755));
	out.archive = archive_write_disk_new();
	qsort(s->used.items, s->used.count, sizeof *s->used.items, by_name);
	struct err *e = finish(&out, put_all(&out, false), ret_files, ret_bytes);
	if (!e)
		e = put_in_place(part, path);
	if (e)
		err_free(file_remove_tree(part));
	return e;
}

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
#include "base/text.h"
#include "store/inside.h"

#define CHUNK      ((size_t)1 << 18)
#define GIT_LIMIT  ((size_t)2 << 30) /* of one pack */

void store_bundle_watch(struct store *s)
{
	s->watched = true;
}

void store_bundle_note(const struct store *s, const char *name)
{
	struct store *own = (struct store *)s; /* which files are used changes nothing of the store */
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

/* A build that is there whole asks for no layer by its own key; the next one, of a changed app, does. */
static void add_layers(struct store *s)
{
	AUTO_FREE char *folder = mem_printf("%s/refs/layer", s->path);
	DIR *dir = opendir(folder);
	struct { char **items; size_t count, room; } more = { 0 };

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->d_name), *text = NULL;
		if (d->d_name[0] != '.')
			err_free(store_ref_load(path, &text)); /* one that cannot be read is not carried */
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

static struct err *put_bytes(struct archive *a, int fd, const char *name, uint64_t size)
{
	AUTO_FREE char *chunk = mem_new(CHUNK);

	for (uint64_t at = 0; at < size;) {
		size_t len = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
		TRY(file_read_at(fd, chunk, len, at, name));
		if (archive_write_data(a, chunk, len) != (la_ssize_t)len)
			return err_errno(archive_errno(a), "write the store's file");
		at += len;
	}
	return NULL;
}

static struct err *put_file(const struct store *s, struct archive *a, const char *name, size_t *files, uint64_t *bytes)
{
	AUTO_CLOSE int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "read %s", name);
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0444);
	archive_entry_set_size(e, st.st_size);
	int state = archive_write_header(a, e);
	archive_entry_free(e);
	if (state != ARCHIVE_OK)
		return err_errno(archive_errno(a), "write the store's file");
	++*files;
	*bytes += (uint64_t)st.st_size;
	return put_bytes(a, fd, name, (uint64_t)st.st_size);
}

/* All files below a folder of git's objects, in order. */
static struct err *put_folder(const struct store *s, struct archive *a, const char *name, size_t *files, uint64_t *bytes)
{
	AUTO_FREE char *path = mem_printf("%s/%s", s->path, name);
	struct dirent **list;
	int count = scandir(path, &list, NULL, alphasort);
	struct err *e = NULL;

	for (int i = 0; i < count; i++) {
		AUTO_FREE char *below = mem_printf("%s/%s", name, list[i]->d_name);
		bool skip = list[i]->d_name[0] == '.' || text_starts(list[i]->d_name, "tmp_");
		if (!e && !skip)
			e = list[i]->d_type == DT_DIR ? put_folder(s, a, below, files, bytes) : put_file(s, a, below, files, bytes);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return e;
}

static struct err *put_all(const struct store *s, struct archive *a, size_t *files, uint64_t *bytes)
{
	const char *last = "";

	for (size_t i = 0; i < s->used.count; i++) {
		const char *name = s->used.items[i];
		if (!strcmp(name, last))
			continue;
		last = name;
		if (text_starts(name, "git/"))
			TRY(put_folder(s, a, name, files, bytes));
		else if (text_starts(name, "blobs/") || text_starts(name, "refs/"))
			TRY(put_file(s, a, name, files, bytes));
	}
	return NULL;
}

struct err *store_bundle_write(struct store *s, const char *path, size_t *ret_files, uint64_t *ret_bytes)
{
	AUTO_FREE char *part = mem_printf("%s.part", path);
	struct archive *a = archive_write_new();

	*ret_files = 0;
	*ret_bytes = 0;
	qsort(s->used.items, s->used.count, sizeof *s->used.items, by_name);
	add_layers(s);
	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter_none(a);
	struct err *e = archive_write_open_filename(a, part) == ARCHIVE_OK ? NULL : err_errno(archive_errno(a), "write %s", part);
	if (!e)
		e = put_all(s, a, ret_files, ret_bytes);
	if (archive_write_close(a) != ARCHIVE_OK && !e)
		e = err_errno(archive_errno(a), "write %s", part);
	archive_write_free(a);
	if (!e && rename(part, path) < 0)
		e = err_errno(errno, "write %s", path);
	if (e)
		unlink(part);
	return e;
}

static struct err *take_blob(struct store *s, struct archive *a, const char *hex, const char *path)
{
	AUTO_FREE char *joined = mem_printf("%.2s%s", hex, hex + 3);
	const void *bytes;
	struct store_writer *w;
	struct digest d;
	la_int64_t offset;
	size_t len;
	int state;

	if (strlen(hex) != 65 || hex[2] != '/' || !digest_parse(joined, &d))
		return err_new(ERR_USAGE, "%s is no part of a store: it holds blobs/sha256/%s", path, hex);
	if (store_has(s, &d))
		return NULL;
	TRY(store_begin(s, &w));
	while ((state = archive_read_data_block(a, &bytes, &len, &offset)) == ARCHIVE_OK) {
		struct err *e = store_feed(w, bytes, len);
		if (e) {
			store_abort(w);
			return e;
		}
	}
	if (state != ARCHIVE_EOF) {
		store_abort(w);
		return err_new(ERR_FETCH, "%s ends early, or is damaged: %s", path, archive_error_string(a));
	}
	TRY_AS(store_commit(w, &d, NULL, NULL), "%s: the blob %s", path, joined);
	return NULL;
}

static struct err *read_small(struct archive *a, struct archive_entry *e, size_t limit, const char *path, char **ret, size_t *ret_len)
{
	la_int64_t size = archive_entry_size(e);

	if (size < 0 || (uint64_t)size > limit)
		return err_new(ERR_USAGE, "%s is no part of a store: %s is too large", path, archive_entry_pathname(e));
	AUTO_FREE char *bytes = mem_new((size_t)size + 1);
	if (archive_read_data(a, bytes, (size_t)size) != size)
		return err_new(ERR_FETCH, "%s ends early, or is damaged", path);
	*ret = TAKE(bytes);
	*ret_len = (size_t)size;
	return NULL;
}

static struct err *take_ref(struct store *s, struct archive *a, struct archive_entry *e, const char *name, const char *path)
{
	const char *slash = strchr(name, '/');
	AUTO_FREE char *kind = mem_ndup(name, slash ? (size_t)(slash - name) : 0), *text = NULL;
	struct digest key;
	size_t len;

	if (!*kind || kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz-")] || !digest_parse(slash + 1, &key))
		return err_new(ERR_USAGE, "%s is no part of a store: it holds refs/%s", path, name);
	TRY(read_small(a, e, STORE_REF_LIMIT + 1, path, &text, &len));
	if (!len || text[len - 1] != '\n' || strlen(text) != len)
		return err_new(ERR_USAGE, "%s is no part of a store: refs/%s is torn", path, name);
	text[len - 1] = '\0';
	return store_ref_write(s, kind, &key, text);
}

/* "KEY/objects/pack/pack-….idx", "KEY/objects/ab/cdef…" */
static struct err *take_object(struct store *s, struct archive *a, struct archive_entry *e, const char *name, const char *path)
{
	AUTO_FREE char *hex = mem_ndup(name, strcspn(name, "/")), *objects = NULL, *bytes = NULL;
	const char *rest = name + strlen(hex);
	struct digest key;
	size_t len;

	if (!digest_parse(hex, &key) || !text_starts(rest, "/objects/") || strstr(rest, "/.") || strstr(rest, "//") ||
	    rest[strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789-./")])
		return err_new(ERR_USAGE, "%s is no part of a store: it holds git/%s", path, name);
	TRY(store_git_objects(s, &key, &objects));
	AUTO_FREE char *file = mem_printf("%s/%s", objects, rest + strlen("/objects/"));
	if (!access(file, F_OK))
		return NULL;
	AUTO_FREE char *folder = mem_ndup(file, (size_t)(strrchr(file, '/') - file));
	TRY(read_small(a, e, GIT_LIMIT, path, &bytes, &len));
	TRY(file_make_folder(folder, 0755));
	return file_write(file, bytes, len, 0444);
}

static struct err *take(struct store *s, struct archive *a, struct archive_entry *e, const char *path)
{
	const char *name = archive_entry_pathname(e);

	if (archive_entry_filetype(e) == AE_IFDIR)
		return NULL;
	if (name && archive_entry_filetype(e) == AE_IFREG && !archive_entry_hardlink(e)) {
		if (text_starts(name, "blobs/sha256/"))
			return take_blob(s, a, name + strlen("blobs/sha256/"), path);
		if (text_starts(name, "refs/"))
			return take_ref(s, a, e, name + strlen("refs/"), path);
		if (text_starts(name, "git/"))
			return take_object(s, a, e, name + strlen("git/"), path);
	}
	return err_new(ERR_USAGE, "%s is no part of a store: it holds %s", path, name ? name : "a file without a name");
}

struct err *store_bundle_read(struct store *s, const char *path, size_t *ret_files)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	struct err *e = NULL;
	int state = ARCHIVE_FATAL;

	*ret_files = 0;
	archive_read_support_format_tar(a);
	if (access(path, R_OK) < 0)
		e = err_errno(errno, "read %s", path);
	else if (archive_read_open_filename(a, path, 1 << 16) != ARCHIVE_OK)
		e = err_new(ERR_USAGE, "%s is no tar of a store: 'mkbench store export' writes one", path);
	while (!e && (state = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		e = take(s, a, entry, path);
		*ret_files += !e;
	}
	if (!e && (state != ARCHIVE_EOF || !*ret_files))
		e = err_new(ERR_USAGE, "%s is no tar of a store, or is damaged: 'mkbench store export' writes one", path);
	archive_read_free(a);
	return e;
}

/* SPDX-License-Identifier: MIT */
/* store import: checks a bundle's entries and puts them into the store. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/inside.h"
#include "store/store_bundle.h"

#define GIT_LIMIT ((size_t)2 << 30) /* limit for one pack, and for a file of a cache */

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
		return err_new(ERR_USAGE, "%s is not a store export: it contains blobs/sha256/%s", path, hex);
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

static struct err *read_small(struct archive *a, struct archive_entry *e, size_t limit, const char *path,
			      char **ret, size_t *ret_len)
{
	la_int64_t size = archive_entry_size(e);

	if (size < 0 || (uint64_t)size > limit)
		return err_new(ERR_USAGE, "%s is not a store export: %s is too large", path,
			       archive_entry_pathname(e));
	AUTO_FREE char *bytes = mem_new((size_t)size + 1);
	if (archive_read_data(a, bytes, (size_t)size) != size)
		return err_new(ERR_FETCH, "%s ends early, or is damaged", path);
	*ret = TAKE(bytes);
	*ret_len = (size_t)size;
	return NULL;
}

static struct err *take_ref(struct store *s, struct archive *a, struct archive_entry *e, const char *name,
			    const char *path)
{
	const char *slash = strchr(name, '/');
	AUTO_FREE char *kind = mem_ndup(name, slash ? (size_t)(slash - name) : 0), *text = NULL;
	struct digest key;
	size_t len;

	if (!*kind || kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz-")] || !digest_parse(slash + 1, &key))
		return err_new(ERR_USAGE, "%s is not a store export: it contains refs/%s", path, name);
	TRY(read_small(a, e, STORE_REF_LIMIT + 1, path, &text, &len));
	if (!len || text[len - 1] != '\n' || strlen(text) != len)
		return err_new(ERR_USAGE, "%s is not a store export: refs/%s is truncated", path, name);
	text[len - 1] = '\0';
	return store_ref_write(s, kind, &key, text);
}

/* "KEY/objects/pack/pack-….idx", "KEY/objects/ab/cdef…" */
static struct err *take_object(struct store *s, struct archive *a, struct archive_entry *e, const char *name,
			       const char *path)
{
	AUTO_FREE char *hex = mem_ndup(name, strcspn(name, "/")), *objects = NULL, *bytes = NULL;
	const char *rest = name + strlen(hex);
	struct digest key;
	size_t len;

	if (!digest_parse(hex, &key) || !text_starts(rest, "/objects/") || strstr(rest, "/.") ||
	    strstr(rest, "//") || rest[strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789-./")])
		return err_new(ERR_USAGE, "%s is not a store export: it contains git/%s", path, name);
	TRY(store_git_objects(s, &key, &objects));
	AUTO_FREE char *file = mem_printf("%s/%s", objects, rest + strlen("/objects/"));
	if (!access(file, F_OK))
		return NULL;
	AUTO_FREE char *folder = mem_ndup(file, (size_t)(strrchr(file, '/') - file));
	TRY(read_small(a, e, GIT_LIMIT, path, &bytes, &len));
	TRY(file_make_folder(folder, 0755));
	return file_write(file, bytes, len, 0444);
}

/* "NAME/files/…": any regular file; the program that owns the cache checks it. Links are refused. */
static struct err *take_cached(struct store *s, struct archive *a, struct archive_entry *e, const char *name,
			       const char *path)
{
	AUTO_FREE char *own = mem_ndup(name, strcspn(name, "/")), *bytes = NULL;
	size_t len;

	if (!*own || *own == '.' || !text_starts(name + strlen(own), "/files/"))
		return err_new(ERR_USAGE, "%s is not a store export: it contains caches/%s", path, name);
	for (const char *at = name; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
		if (!strcspn(at, "/") || text_starts(at, "../") || !strcmp(at, "..") ||
		    text_starts(at, "./") || !strcmp(at, "."))
			return err_new(ERR_USAGE, "%s is not a store export: it contains caches/%s", path,
				       name);
	AUTO_FREE char *file =
		mem_printf("%s/caches/%s" STORE_CACHE_BROUGHT "%s", s->path, own, name + strlen(own));
	AUTO_FREE char *folder = mem_ndup(file, (size_t)(strrchr(file, '/') - file));
	TRY(read_small(a, e, GIT_LIMIT, path, &bytes, &len));
	TRY(file_make_folder(folder, 0755));
	AUTO_CLOSE int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
				 archive_entry_perm(e) & 0111 ? 0755 : 0644);
	return fd < 0 ? err_errno(errno, "write %s", file) : file_write_all(fd, bytes, len, file);
}

/* Syncs the files brought for caches to disk. */
static struct err *end_caches(struct store *s)
{
	AUTO_FREE char *folder = mem_printf("%s/caches", s->path);
	DIR *dir = opendir(folder);
	struct err *e = NULL;

	for (struct dirent *d; !e && dir && (d = readdir(dir));)
		if (text_ends(d->d_name, STORE_CACHE_BROUGHT))
			e = store_cache_end(s, d->d_name);
	if (dir)
		closedir(dir);
	return e;
}

static struct err *take(struct store *s, struct archive *a, struct archive_entry *e, const char *path)
{
	const char *name = archive_entry_pathname(e);
	size_t len = strlen(path);

	if (archive_entry_filetype(e) == AE_IFDIR)
		return NULL;
	if (name && !strncmp(name, path, len) && name[len] == '/') /* for a folder */
		name += len + 1;
	if (name && archive_entry_filetype(e) == AE_IFREG && !archive_entry_hardlink(e)) {
		if (text_starts(name, "blobs/sha256/"))
			return take_blob(s, a, name + strlen("blobs/sha256/"), path);
		if (text_starts(name, "refs/"))
			return take_ref(s, a, e, name + strlen("refs/"), path);
		if (text_starts(name, "git/"))
			return take_object(s, a, e, name + strlen("git/"), path);
		if (text_starts(name, "caches/"))
			return take_cached(s, a, e, name + strlen("caches/"), path);
	}
	return err_new(ERR_USAGE, "%s is not a store export: it contains %s", path,
		       name ? name : "a file without a name");
}

static struct err *read_entries(struct store *s, struct archive *a, const char *path, bool folder,
				size_t *ret_files)
{
	struct archive_entry *entry = archive_entry_new();
	struct err *e = NULL;
	int state = ARCHIVE_FATAL;

	while (!e && (state = archive_read_next_header2(a, entry)) == ARCHIVE_OK) {
		bool file = archive_entry_filetype(entry) != AE_IFDIR;
		e = take(s, a, entry, path);
		*ret_files += !e && file;
		if (folder && !file)
			archive_read_disk_descend(a);
	}
	archive_entry_free(entry);
	if (!e && (state != ARCHIVE_EOF || !*ret_files))
		e = err_new(ERR_USAGE,
			    "%s is no %s of a store, or is damaged: 'mkbench store export' or 'mkbench lock "
			    "--vendor' writes one",
			    path, folder ? "folder" : "tar");
	return e;
}

struct err *store_bundle_read(struct store *s, const char *given, size_t *ret_files)
{
	struct stat st;

	*ret_files = 0;
	TRY(given_file_check(given));
	AUTO_FREE char *path = realpath(given, NULL);
	if (!path || stat(path, &st) < 0)
		return err_errno(errno, "read %s", given);
	bool folder = S_ISDIR(st.st_mode);
	struct archive *a = folder ? archive_read_disk_new() : archive_read_new();
	if (!folder)
		archive_read_support_format_tar(a);
	int state = folder ? archive_read_disk_open(a, path) : archive_read_open_filename(a, path, 1 << 16);
	struct err *e = state == ARCHIVE_OK ?
				read_entries(s, a, folder ? path : given, folder, ret_files) :
				err_new(ERR_USAGE,
					"%s is no tar of a store: 'mkbench store export' writes one", given);
	archive_read_free(a);
	return e ? e : end_caches(s);
}

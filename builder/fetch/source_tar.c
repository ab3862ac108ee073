/* SPDX-License-Identifier: MIT */
#include "fetch/source_tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/http.h"

static bool climbs(const char *path)
{
	if (path[0] == '/')
		return true;
	for (const char *at = path; *at; at += strcspn(at, "/"), at += *at == '/')
		if (!strncmp(at, "..", 2) && (!at[2] || at[2] == '/'))
			return true;
	return false;
}

struct unpacking {
	struct archive *in;
	int root;
	const struct source_limit *limit;
	struct source_limit done;
};

/* Counts one more file, folder or link, or an implied folder. */
static struct err *count_one(struct unpacking *u, size_t name_len)
{
	u->done.files++;
	u->done.names += name_len;
	if (u->done.files <= u->limit->files && u->done.names <= u->limit->names)
		return NULL;
	return err_new(ERR_BUILD, "the archive holds more than %ju files, or %ju MB of names",
		       (uintmax_t)u->limit->files, (uintmax_t)(u->limit->names >> 20));
}

static struct err *copy_data(struct unpacking *u, struct archive_entry *e, int fd, const char *path)
{
	const void *bytes;
	size_t len;
	int64_t offset, done = 0;
	int rc;

	for (; (rc = archive_read_data_block(u->in, &bytes, &len, &offset)) == ARCHIVE_OK && offset == done;
	     done += (int64_t)len) {
		u->done.bytes += len;
		if (u->done.bytes > u->limit->bytes)
			return err_new(ERR_BUILD, "the archive unpacks to more than %ju bytes",
				       (uintmax_t)u->limit->bytes);
		TRY(file_write_all(fd, bytes, len, path));
	}
	if (rc != ARCHIVE_EOF && rc != ARCHIVE_OK)
		return err_new(ERR_BUILD, "%s: %s", path, archive_error_string(u->in));
	if (rc == ARCHIVE_OK || (archive_entry_size_is_set(e) && archive_entry_size(e) != done))
		return err_new(ERR_BUILD, "the archive holds a file with holes: %s", path);
	return NULL;
}

/* Longer names are not possible on file systems, or not usable by programs here. */
static struct err *check_length(const char *path)
{
	size_t longest = 0;

	for (const char *at = path; *at; at += strspn(at, "/")) {
		size_t len = strcspn(at, "/");
		longest = len > longest ? len : longest;
		at += len;
	}
	if (longest <= NAME_MAX && strlen(path) <= SOURCE_PATH_MAX)
		return NULL;
	return err_new(ERR_BUILD, "the archive holds a name that is too long: %.60s...", path);
}

/* Opens the folder of a name, made as needed, without following any link. */
static struct err *open_parent(struct unpacking *u, const char *path, int *ret_fd, const char **ret_name)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	AUTO_FREE char *parent = mem_dup(path);
	AUTO_CLOSE int at = dup(u->root);

	for (const char *slash; (slash = strchr(path, '/'));) {
		AUTO_FREE char *name = mem_ndup(path, (size_t)(slash - path));
		path = slash + strspn(slash, "/");
		if (!*path)
			return err_new(ERR_BUILD, "the archive holds an odd name: %s", parent);
		bool made = !mkdirat(at, name, 0755);
		if (!made && errno != EEXIST)
			return err_errno(errno, "%s", parent);
		if (made)
			TRY(count_one(u, 0));
		int next = (int)syscall(SYS_openat2, at, name, &how, sizeof how);
		if (next < 0)
			return err_errno(errno, "the archive writes through %s", parent);
		close(at);
		at = next;
	}
	*ret_name = path;
	*ret_fd = at;
	at = -1;
	return NULL;
}

/* Adds a hard link to an earlier file, without following any link. */
static struct err *add_name(int root, const char *first, int at, const char *name, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	struct stat st;

	if (climbs(first))
		return err_new(ERR_BUILD, "the archive holds a name that leaves it: %s", first);
	AUTO_CLOSE int fd = (int)syscall(SYS_openat2, root, first, &how, sizeof how);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_new(ERR_BUILD, "%s is another name of %s, which is no file of the archive", path,
			       first);
	AUTO_FREE char *opened = mem_printf("/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, opened, at, name, AT_SYMLINK_FOLLOW) < 0 ? err_errno(errno, "%s", path) :
									   NULL;
}

static struct err *unpack_one(struct unpacking *u, struct archive_entry *e)
{
	const char *whole = archive_entry_pathname(e), *name = "";
	AUTO_FREE char *path = mem_dup(whole ? whole : "..");
	mode_t type = archive_entry_filetype(e);
	AUTO_CLOSE int at = -1;

	TRY(count_one(u, strlen(path)));
	TRY(check_length(path));
	if (climbs(path))
		return err_new(ERR_BUILD, "the archive holds a name that leaves it: %s", path);
	while (text_ends(path, "/"))
		path[strlen(path) - 1] = '\0';
	char *start = path;
	while (text_starts(start, "./"))
		start += 2;
	if (!*start || !strcmp(start, "."))
		return NULL;
	TRY(open_parent(u, start, &at, &name));
	if (type == AE_IFDIR)
		return mkdirat(at, name, 0755) < 0 && errno != EEXIST ? err_errno(errno, "%s", path) : NULL;
	if (type == AE_IFLNK)
		return symlinkat(archive_entry_symlink(e), at, name) < 0 ? err_errno(errno, "%s", path) :
									   NULL;
	if (archive_entry_hardlink(e))
		return add_name(u->root, archive_entry_hardlink(e), at, name, path);
	if (type != AE_IFREG)
		return err_new(ERR_BUILD, "the archive holds something that is no file, folder or link: %s",
			       path);
	AUTO_CLOSE int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				   archive_entry_perm(e) & 0111 ? 0755 : 0644);
	return fd < 0 ? err_errno(errno, "%s", path) : copy_data(u, e, fd, path);
}

struct err *source_tar_unpack(const char *archive_path, const char *folder, const struct source_limit *limit)
{
	AUTO_CLOSE int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct archive *in = archive_read_new();
	struct archive_entry *entry;
	struct err *e = NULL;
	struct unpacking u = { in, root, limit, { 0 } };
	int rc = ARCHIVE_FATAL;

	archive_read_support_format_tar(in);
	archive_read_support_format_zip(in);
	archive_read_support_filter_gzip(in); /* only these: libarchive runs programs for some others */
	archive_read_support_filter_bzip2(in);
	archive_read_support_filter_xz(in);
	archive_read_support_filter_zstd(in);
	if (root < 0)
		e = err_errno(errno, "%s", folder);
	else if (archive_read_open_filename(in, archive_path, 1 << 16) != ARCHIVE_OK)
		e = err_new(ERR_BUILD, "%s", archive_error_string(in));
	while (!e && (rc = archive_read_next_header(in, &entry)) == ARCHIVE_OK)
		e = unpack_one(&u, entry);
	if (!e && rc != ARCHIVE_EOF)
		e = err_new(ERR_BUILD, "%s", archive_error_string(in));
	archive_read_free(in);
	return e;
}

/* The only folder at the top, or "". */
static char *single_top(const char *folder)
{
	DIR *dir = opendir(folder);
	char *only = NULL;
	size_t count = 0;

	for (struct dirent *d; dir && (d = readdir(dir));) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (!count++ && d->d_type == DT_DIR)
			only = mem_printf("%s/%s", folder, d->d_name);
	}
	if (dir)
		closedir(dir);
	if (count == 1 && only)
		return only;
	mem_freep(&only);
	return mem_dup(folder);
}

/* Its bytes, in the store. */
static struct err *get_blob(struct store *s, const struct app *app, struct progress *p, char **ret)
{
	const char *urls[] = { app->archive, NULL };
	struct want w = { .what = app->name, .urls = urls };

	if (!digest_parse(app->sha256, &w.sha256))
		return err_new(ERR_RECIPE, "sha256 of its archive is not 64 hexadecimal digits");
	if (!store_has(s, &w.sha256))
		TRY(http_fetch(s, &w, 1, p));
	*ret = store_blob_path(s, &w.sha256);
	return NULL;
}

static struct err *check_file(const char *path, const char *sha256)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *chunk = mem_new(1 << 16);
	struct digest_run *run = digest_start();
	char hex[DIGEST_HEX];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, chunk, 1 << 16)) > 0)
		digest_feed(run, chunk, (size_t)n);
	int error = errno;
	struct digest found = digest_finish(run);
	if (n < 0)
		return err_errno(error, "read %s", path);
	if (!strcmp(digest_hex(&found, hex), sha256))
		return NULL;
	return err_new(ERR_FETCH, "%s has another content than the recipe says: its SHA-256 is %s and not %s",
		       path, hex, sha256);
}

struct err *source_tar(struct store *s, const struct app *app, const char *path, struct progress *p,
		       char **ret_folder)
{
	AUTO_FREE char *blob = NULL, *folder = NULL;

	if (path)
		TRY(check_file(path, app->sha256));
	else
		TRY(get_blob(s, app, p, &blob));
	TRY(store_work_folder(s, app->name, &folder));
	TRY_AS(source_tar_unpack(path ? path : blob, folder, SOURCE_LIMIT), "%s", path ? path : app->archive);
	*ret_folder = single_top(folder);
	return NULL;
}

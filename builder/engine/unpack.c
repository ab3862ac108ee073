/* SPDX-License-Identifier: MIT */
#include "engine/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"
#define CHUNK ((size_t)1 << 18)

/* A layer's compressed bytes for libarchive, hashed and counted on the way. */
struct source {
	int fd;
	uint64_t at, end;
	struct digest_run *run;
	struct progress *progress;
	char *buffer;
	int code; /* errno of a read that failed */
};

static ssize_t next_bytes(struct archive *a, void *arg, const void **ret)
{
	struct source *s = arg;
	uint64_t left = s->end - s->at;
	ssize_t n;

	do
		n = pread(s->fd, s->buffer, left < CHUNK ? (size_t)left : CHUNK, (off_t)s->at);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		s->code = errno;
		archive_set_error(a, errno, "read");
		return ARCHIVE_FATAL;
	}
	digest_feed(s->run, s->buffer, (size_t)n);
	progress_add(s->progress, (uint64_t)n);
	s->at += (uint64_t)n;
	*ret = s->buffer;
	return n;
}

/* A folder of the layer that is being unpacked; what is put into it changes its time. */
struct dated_folder {
	char *path; /* from the root; "": the root itself */
	time_t mtime;
};

/* The folder being filled, with the folder of the last entry kept open. */
struct target {
	int root, parent;
	char *parent_path;
	struct {
		struct dated_folder *items;
		size_t count, room;
	} dated;
};

/* Links in a folder's path are resolved inside the image, never out of it. */
static int open_inside(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
}

static struct err *enter_parent(struct target *t, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = mem_ndup(path, slash ? (size_t)(slash - path) : 0);

	*ret_name = slash ? slash + 1 : path;
	if (t->parent >= 0 && !strcmp(t->parent_path, folder))
		return NULL;
	file_closep(&t->parent);
	t->parent = open_inside(t->root, folder);
	free(t->parent_path);
	t->parent_path = TAKE(folder);
	return t->parent < 0 ? err_errno(errno, "enter /%s", t->parent_path) : NULL;
}

static struct err *remove_at(int folder, const char *name)
{
	if (!unlinkat(folder, name, 0) || errno == ENOENT)
		return NULL;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(errno, "remove %s", name);
	AUTO_FREE char *path = mem_printf("/proc/self/fd/%d/%s", folder, name);
	return file_remove_tree(path);
}

static struct err *empty_folder(int folder)
{
	AUTO_CLOSE int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct err *e = NULL;

	if (!dir)
		return err_errno(errno, "read a folder");
	fd = -1; /* dir owns it */
	for (struct dirent *d; !e && (d = readdir(dir));)
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = remove_at(folder, d->d_name);
	closedir(dir);
	return e;
}

static struct err *set_owner(int folder, const char *name, struct archive_entry *e)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = archive_entry_mtime(e) } };
	bool link = archive_entry_filetype(e) == AE_IFLNK;

	if (fchownat(folder, name, (uid_t)archive_entry_uid(e), (gid_t)archive_entry_gid(e),
		     AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "set the owner");
	if (!link && fchmodat(folder, name, archive_entry_perm(e), 0) < 0)
		return err_errno(errno, "set the mode");
	if (utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "set the time");
	return NULL;
}

static struct err *put_folder(int folder, const char *name)
{
	struct stat st;

	if (!mkdirat(folder, name, 0700))
		return NULL;
	if (errno != EEXIST || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "make the folder");
	if (S_ISDIR(st.st_mode))
		return NULL;
	TRY(remove_at(folder, name));
	return mkdirat(folder, name, 0700) < 0 ? err_errno(errno, "make the folder") : NULL;
}

static struct err *put_file(int folder, const char *name, struct archive *a)
{
	AUTO_CLOSE int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	const void *bytes;
	size_t len;
	int64_t offset;
	int state;

	if (fd < 0)
		return err_errno(errno, "make the file");
	while ((state = archive_read_data_block(a, &bytes, &len, &offset)) == ARCHIVE_OK)
		TRY(file_write_all(fd, bytes, len, name));
	return state == ARCHIVE_EOF ? NULL : err_new(ERR_BUILD, "%s", archive_error_string(a));
}

static struct err *put_hard_link(struct target *t, const char *name, const char *to)
{
	const char *slash = strrchr(to, '/');
	AUTO_FREE char *folder = mem_ndup(to, slash ? (size_t)(slash - to) : 0);
	AUTO_CLOSE int from = open_inside(t->root, folder);

	if (from < 0 || linkat(from, slash ? slash + 1 : to, t->parent, name, 0) < 0)
		return err_errno(errno, "link to /%s", to);
	return NULL;
}

static struct err *put_node(struct target *t, const char *name, struct archive *a, struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return put_hard_link(t, name, archive_entry_hardlink(e));
	switch (archive_entry_filetype(e)) {
	case AE_IFREG: return put_file(t->parent, name, a);
	case AE_IFLNK:
		return symlinkat(archive_entry_symlink(e), t->parent, name) < 0 ?
			       err_errno(errno, "make the link") :
			       NULL;
	case AE_IFIFO: return mkfifoat(t->parent, name, 0600) < 0 ? err_errno(errno, "make the pipe") : NULL;
	default: return err_new(ERR_BUILD, "it is of an unknown kind");
	}
}

static struct err *put_entry(struct target *t, struct archive *a, struct archive_entry *e)
{
	mode_t kind = archive_entry_filetype(e);
	const char *name;
	AUTO_FREE char *path = mem_dup(archive_entry_pathname(e));
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		path[--len] = '\0';
	if (kind == AE_IFDIR)
		VEC_PUSH(&t->dated, (struct dated_folder){ mem_dup(strcmp(path, ".") ? path : ""),
							   archive_entry_mtime(e) });
	if (!strcmp(path, "."))
		return set_owner(t->root, ".", e);
	TRY(enter_parent(t, path, &name));
	if (!strcmp(name, OPAQUE))
		return empty_folder(t->parent);
	bool hides = text_starts(name, WHITEOUT);
	name += hides ? strlen(WHITEOUT) : 0;
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return err_new(ERR_BUILD, "it has no name of its own");
	if (hides)
		return remove_at(t->parent, name);
	if (kind == AE_IFCHR || kind == AE_IFBLK)
		return NULL;
	if (kind == AE_IFDIR) {
		TRY(put_folder(t->parent, name));
	} else {
		TRY(remove_at(t->parent, name));
		TRY(put_node(t, name, a, e));
	}
	return archive_entry_hardlink(e) ? NULL : set_owner(t->parent, name, e);
}

static struct err *put_entries(struct target *t, struct archive *a)
{
	struct archive_entry *e;
	int state;

	while ((state = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
		if (!archive_entry_pathname(e))
			return err_new(ERR_BUILD, "a name cannot be read");
		TRY_AS(put_entry(t, a, e), "/%s", archive_entry_pathname(e));
	}
	return state == ARCHIVE_EOF ? NULL : err_new(ERR_BUILD, "%s", archive_error_string(a));
}

static struct err *unpack_stream(struct source *s, const struct digest *want, struct target *t)
{
	struct archive *a = archive_read_new();
	const void *rest;

	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a); /* a layer of zero bytes has no files */
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a); /* used by skopeo and others when they repack */
	s->buffer = mem_new(CHUNK);
	s->run = digest_start();
	struct err *e = archive_read_open(a, s, NULL, next_bytes, NULL) == ARCHIVE_OK ?
				put_entries(t, a) :
				err_new(ERR_BUILD, "%s", archive_error_string(a));
	while (!e && next_bytes(a, s, &rest) > 0) /* bytes behind the tar's end count for the digest */
		continue;
	if (s->code) {
		err_free(e);
		e = err_errno(s->code, "read the image");
	}
	struct digest found = digest_finish(s->run);
	free(s->buffer);
	archive_read_free(a);
	return e || digest_equal(&found, want) ?
		       e :
		       err_new(ERR_BUILD, "its SHA-256 does not match: the image is damaged");
}

/* Sets the folders' times once all of a layer is in them; those that it has removed again are passed over.
 * Forgets the folders. */
static struct err *set_times(struct target *t)
{
	struct err *e = NULL;

	for (size_t i = 0; i < t->dated.count; i++) {
		struct dated_folder *d = &t->dated.items[i];
		struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = d->mtime } };
		const char *name = ".";
		struct err *gone = *d->path ? enter_parent(t, d->path, &name) : NULL;
		if (!gone && !e &&
		    utimensat(*d->path ? t->parent : t->root, name, times, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno != ENOENT)
			e = err_errno(errno, "set the time of /%s", d->path);
		err_free(gone);
		free(d->path);
	}
	free(t->dated.items);
	t->dated.items = NULL;
	t->dated.count = t->dated.room = 0;
	return e;
}

static struct err *unpack_layer(const struct oci_image *b, const struct digest *d, struct target *t,
				struct progress *p)
{
	AUTO_CLOSE int fd = -1;
	uint64_t offset, size;
	char hex[DIGEST_HEX];

	TRY(oci_image_blob(b, d, &fd, &offset, &size));
	struct source s = { .fd = fd, .at = offset, .end = offset + size, .progress = p };
	struct err *e = unpack_stream(&s, d, t), *late = set_times(t);
	if (e)
		err_free(late);
	TRY_AS(e ? e : late, "layer %.12s", digest_hex(d, hex));
	return NULL;
}

/* Makes the volume's folder if no layer has it. */
static struct err *put_volume(struct target *t, const char *path)
{
	AUTO_CLOSE int there = open_inside(t->root, path);
	const char *name;

	if (there >= 0)
		return NULL;
	TRY(enter_parent(t, path + 1, &name));
	return mkdirat(t->parent, name, 0755) < 0 ? err_errno(errno, "make the volume %s", path) : NULL;
}

struct err *unpack_layers(const struct oci_image *b, const char *folder, struct progress *p)
{
	AUTO_CLOSE int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct err *e = NULL;

	if (root < 0)
		return err_errno(errno, "open %s", folder);
	struct target t = { .root = root, .parent = -1 };
	for (size_t i = 0; !e && i < b->layer_count; i++)
		e = unpack_layer(b, &b->layers[i], &t, p);
	if (!e && b->volume)
		e = put_volume(&t, b->volume);
	file_closep(&t.parent);
	free(t.parent_path);
	return e;
}

/* SPDX-License-Identifier: MIT */
#include "layer/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define CHUNK (256 * 1024)

/* One name of a file with several names. */
struct name {
	dev_t device;
	ino_t inode;
	size_t place; /* index in the tree while it is filled */
};

struct scan {
	const char *folder;
	bool hash;
	struct tree *ret;
	struct text *notes;
	struct {
		struct name *items;
		size_t count, room;
	} names;
	char *chunk;
};

static struct err *hash_file(struct scan *s, int fd, struct entry *e)
{
	struct digest_run *run = digest_start();
	uint64_t done = 0;
	ssize_t n;

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while ((n = read(fd, s->chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			digest_drop(run);
			return err_errno(errno, "read %s", e->content.path);
		}
		digest_feed(run, s->chunk, (size_t)n);
		done += (uint64_t)n;
	}
	e->sha256 = digest_finish(run);
	return done == e->size_bytes ? NULL :
				       err_new(ERR_BUILD, "%s changed while it was read", e->content.path);
}

static struct err *read_file(struct scan *s, int parent, const char *name, struct entry *e)
{
	AUTO_CLOSE int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_errno(errno, "open %s", e->content.path);
	if (s->notes && fgetxattr(fd, "security.capability", NULL, 0) > 0) {
		AUTO_FREE char *shown = text_line(mem_dup(e->path));
		text_printf(s->notes, "/%s had file capabilities, which a layer does not carry\n", shown);
	}
	return s->hash ? hash_file(s, fd, e) : NULL;
}

static struct err *add_file(struct scan *s, int parent, const char *name, const struct stat *st,
			    struct entry *e)
{
	AUTO_FREE char *path = mem_printf("%s/%s", s->folder, e->path);

	e->kind = ENTRY_FILE;
	e->size_bytes = (uint64_t)st->st_size;
	e->content = (struct content){ .kind = CONTENT_DISK, .path = path };
	if (s->hash || s->notes)
		TRY(read_file(s, parent, name, e));
	if (st->st_nlink > 1)
		VEC_PUSH(&s->names, (struct name){ st->st_dev, st->st_ino, s->ret->count });
	tree_add(s->ret, e);
	return NULL;
}

static struct err *add_link(struct scan *s, int parent, const char *name, struct entry *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(parent, name, target, sizeof target - 1);

	if (n < 0)
		return err_errno(errno, "read the link %s/%s", s->folder, e->path);
	target[n] = '\0';
	e->kind = ENTRY_SYMLINK;
	e->mode = 0777;
	e->link = target;
	tree_add(s->ret, e);
	return NULL;
}

static bool is_opaque(int fd)
{
	static const char *const names[] = { "trusted.overlay.opaque", "user.overlay.opaque" };
	char value;

	for (size_t i = 0; i < COUNT(names); i++)
		if (fgetxattr(fd, names[i], &value, 1) == 1 && value == 'y')
			return true;
	return false;
}

static struct err *add_folder(struct scan *s, int fd, struct entry *e);

static struct err *add_entry(struct scan *s, int parent, const char *name, const char *path)
{
	struct entry e = { .path = path };
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "look at %s/%s", s->folder, path);
	e.mode = st.st_mode & 07777;
	e.uid = st.st_uid;
	e.gid = st.st_gid;
	e.mtime = st.st_mtime;
	e.major = major(st.st_rdev);
	e.minor = minor(st.st_rdev);
	if (S_ISREG(st.st_mode))
		return add_file(s, parent, name, &st, &e);
	if (S_ISLNK(st.st_mode))
		return add_link(s, parent, name, &e);
	if (S_ISDIR(st.st_mode)) {
		AUTO_CLOSE int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		return fd < 0 ? err_errno(errno, "open %s/%s", s->folder, path) : add_folder(s, fd, &e);
	}
	if (S_ISSOCK(st.st_mode))
		return NULL;
	e.kind = S_ISBLK(st.st_mode)  ? ENTRY_BLOCK :
		 S_ISFIFO(st.st_mode) ? ENTRY_FIFO :
		 st.st_rdev	      ? ENTRY_CHAR :
					ENTRY_WHITEOUT;
	tree_add(s->ret, &e);
	return NULL;
}

static struct err *add_folder(struct scan *s, int fd, struct entry *e)
{
	DIR *dir = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	struct err *err = NULL;

	if (!dir)
		return err_errno(errno, "read %s/%s", s->folder, e->path);
	e->kind = is_opaque(fd) ? ENTRY_OPAQUE : ENTRY_FOLDER;
	e->major = e->minor = 0;
	tree_add(s->ret, e);
	for (struct dirent *d; !err && (d = readdir(dir));) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		AUTO_FREE char *path = mem_printf("%s%s%s", e->path, *e->path ? "/" : "", d->d_name);
		err = add_entry(s, fd, d->d_name, path);
	}
	closedir(dir);
	return err;
}

static int by_inode(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void join_names(struct scan *s)
{
	const struct name *first = s->names.items;

	if (s->names.count)
		qsort(s->names.items, s->names.count, sizeof *s->names.items, by_inode);
	for (size_t i = 1; i < s->names.count; i++) {
		const struct name *n = &s->names.items[i];
		struct entry *e = &s->ret->items[n->place];
		if (n->inode != first->inode || n->device != first->device) {
			first = n;
			continue;
		}
		*e = (struct entry){ .path = e->path,
				     .kind = ENTRY_HARDLINK,
				     .mode = e->mode,
				     .uid = e->uid,
				     .gid = e->gid,
				     .mtime = e->mtime,
				     .link = s->ret->items[first->place].path };
	}
}

struct err *scan_folder(const char *folder, bool hash, struct tree *ret, struct text *notes)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *chunk = mem_new(CHUNK);
	struct scan s = { .folder = folder, .hash = hash, .ret = ret, .notes = notes, .chunk = chunk };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "open %s", folder);
	struct entry root = {
		.path = "",
		.mode = st.st_mode & 07777,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.mtime = st.st_mtime,
	};
	struct err *e = add_folder(&s, fd, &root);
	join_names(&s);
	free(s.names.items);
	tree_sort(ret);
	return err_line(e);
}

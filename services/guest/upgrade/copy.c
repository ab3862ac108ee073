/* SPDX-License-Identifier: MIT */
#include "upgrade/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"

#define CHUNK (1u << 20)

/* One entry: where it is and where it goes, each as an open folder and a name in it. */
struct pair {
	int from, to;
	const char *name, *shown; /* the same name on both sides */
	/* a file becomes a further name of the same one, where the file system has that */
	bool linked;
};

/* list may be NULL. A name that would break its lines is not listed. */
static void note(struct text *list, char kind, unsigned long long size, const char *hex, const char *shown)
{
	if (list && !strchr(shown, '\n'))
		text_printf(list, "%c %llu %s %s\n", kind, size, hex, shown);
}

static struct err *copy_bytes(int from, int to, const char *shown, struct digest *ret)
{
	AUTO_FREE char *chunk = mem_new(CHUNK);
	struct digest_run *run = digest_start();
	struct err *e = NULL;
	ssize_t n = 0;

	while (!e && (n = read(from, chunk, CHUNK)) > 0) {
		digest_feed(run, chunk, (size_t)n);
		e = file_write_all(to, chunk, (size_t)n, shown);
	}
	*ret = digest_finish(run);
	return e || n >= 0 ? e : err_errno(errno, "read %s", shown);
}

static struct err *keep_look(int fd, const struct stat *st, const char *shown)
{
	const struct timespec times[] = { st->st_atim, st->st_mtim };

	if (fchown(fd, st->st_uid, st->st_gid) < 0 || fchmod(fd, st->st_mode & 07777) < 0 ||
	    futimens(fd, times) < 0)
		return err_errno(errno, "owner and mode of the copy of %s", shown);
	return NULL;
}

/* Whether it has the name there now. What was put in its place meanwhile has not. */
static bool link_file(const struct pair *p)
{
	struct stat st;

	if (linkat(p->from, p->name, p->to, p->name, 0) < 0)
		return false;
	if (!fstatat(p->to, p->name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
		return true;
	unlinkat(p->to, p->name, 0);
	return false;
}

static struct err *copy_file(const struct pair *p, struct text *list)
{
	if (p->linked && link_file(p))
		return NULL;
	AUTO_CLOSE int from = openat(p->from, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct digest d = { 0 };
	char hex[DIGEST_HEX] = "-";
	struct stat st;

	if (from < 0 && errno == ENOENT)
		return NULL;
	if (from < 0 && errno == ELOOP)
		return NULL; /* a link by now */
	if (from < 0 || fstat(from, &st) < 0)
		return err_errno(errno, "%s", p->shown);
	if (!S_ISREG(st.st_mode))
		return NULL;
	AUTO_CLOSE int to =
		openat(p->to, p->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return err_errno(errno, "copy %s", p->shown);
	if (ioctl(to, FICLONE, from) < 0) {
		TRY(copy_bytes(from, to, p->shown, &d));
		digest_hex(&d, hex);
	}
	note(list, 'f', (unsigned long long)st.st_size, hex, p->shown);
	return keep_look(to, &st, p->shown);
}

static struct err *copy_link(const struct pair *p, const struct stat *st, struct text *list)
{
	char target[4096];
	ssize_t n = readlinkat(p->from, p->name, target, sizeof target - 1);

	if (n < 0)
		return errno == ENOENT || errno == EINVAL ? NULL : err_errno(errno, "%s", p->shown);
	target[n] = '\0';
	note(list, 'l', (unsigned long long)n, "-", p->shown);
	if (symlinkat(target, p->to, p->name) < 0 ||
	    fchownat(p->to, p->name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "copy the link %s", p->shown);
	return NULL;
}

static struct err *copy_entry(const struct pair *p, struct text *list);

static struct err *copy_folder(const struct pair *p, const struct stat *st, struct text *list)
{
	struct err *e = NULL;

	AUTO_CLOSE int from = openat(p->from, p->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0 && (errno == ENOENT || errno == ENOTDIR))
		return NULL; /* it has gone, or is a link by now */
	if (mkdirat(p->to, p->name, 0700) < 0)
		return err_errno(errno, "copy the folder %s", p->shown);
	AUTO_CLOSE int to = openat(p->to, p->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = from < 0 || to < 0 ? NULL : fdopendir(dup(from));
	if (!dir)
		return err_errno(errno, "%s", p->shown);
	note(list, 'd', 0, "-", p->shown);
	for (struct dirent *d; !e && (d = readdir(dir));) {
		AUTO_FREE char *shown = mem_printf("%s/%s", p->shown, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = copy_entry(&(struct pair){ from, to, d->d_name, shown, p->linked }, list);
	}
	closedir(dir);
	return e ? e : keep_look(to, st, p->shown);
}

static struct err *copy_entry(const struct pair *p, struct text *list)
{
	struct stat st;

	if (fstatat(p->from, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "%s", p->shown);
	if (S_ISDIR(st.st_mode))
		return copy_folder(p, &st, list);
	if (S_ISLNK(st.st_mode))
		return copy_link(p, &st, list);
	return S_ISREG(st.st_mode) ? copy_file(p, list) : NULL;
}

static int open_parent(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *parent = mem_ndup(path, (size_t)(slash - path));

	*ret_name = slash + 1;
	return open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct err *begin(const char *from, const char *to, const char *shown, bool linked, struct text *list)
{
	const char *name, *name_to;
	AUTO_CLOSE int folder = open_parent(from, &name);
	AUTO_CLOSE int folder_to = open_parent(to, &name_to);

	if (folder < 0 || folder_to < 0)
		return err_errno(errno, "%s", folder < 0 ? from : to);
	if (strcmp(name, name_to))
		return err_new(ERR_SYSTEM, "%s is copied under its own name only", from);
	return copy_entry(&(struct pair){ folder, folder_to, name, shown, linked }, list);
}

struct err *copy_tree(const char *from, const char *to, const char *shown, struct text *list)
{
	return begin(from, to, shown, false, list);
}

struct err *copy_linked(const char *from, const char *to)
{
	return begin(from, to, from, true, NULL);
}

static void add_size(int folder, const char *name, uint64_t *sum)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	*sum += (uint64_t)st.st_blocks * 512;
	AUTO_CLOSE int fd = S_ISDIR(st.st_mode) ?
				    openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) :
				    -1;
	DIR *dir = fd < 0 ? NULL : fdopendir(dup(fd));
	for (struct dirent *d; dir && (d = readdir(dir));)
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			add_size(fd, d->d_name, sum);
	if (dir)
		closedir(dir);
}

uint64_t copy_size(const char *from)
{
	const char *name;
	AUTO_CLOSE int folder = open_parent(from, &name);
	uint64_t sum = 0;

	if (folder >= 0)
		add_size(folder, name, &sum);
	return sum;
}

bool copy_by_reference(const char *folder)
{
	AUTO_CLOSE int one = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	AUTO_CLOSE int other = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	return one >= 0 && other >= 0 && write(one, "x", 1) == 1 && !ioctl(other, FICLONE, one);
}

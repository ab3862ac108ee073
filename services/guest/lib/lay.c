/* SPDX-License-Identifier: MIT */
#include "lib/lay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/thread_pool.h"

struct file {
	char *from, *to;
	struct stat st;
};

struct files {
	struct file *items;
	size_t count, room;
};

static struct err *lay_entry(struct files *all, const char *from, const char *to);

static struct err *lay_folder(struct files *all, const char *from, const char *to, const struct stat *st)
{
	struct err *e = NULL;

	if (mkdir(to, 0700) < 0 || lchown(to, st->st_uid, st->st_gid) < 0 || chmod(to, st->st_mode & 07777) < 0)
		return err_errno(errno, "make %s", to);
	DIR *dir = opendir(from);
	if (!dir)
		return err_errno(errno, "%s", from);
	for (struct dirent *d; !e && (d = readdir(dir));) {
		AUTO_FREE char *one = mem_printf("%s/%s", from, d->d_name), *other = mem_printf("%s/%s", to, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = lay_entry(all, one, other);
	}
	closedir(dir);
	return e;
}

static struct err *lay_link(const char *from, const char *to, const struct stat *st)
{
	char target[4096];
	ssize_t n = readlink(from, target, sizeof target - 1);

	if (n < 0)
		return err_errno(errno, "%s", from);
	target[n] = '\0';
	if (symlink(target, to) < 0 || lchown(to, st->st_uid, st->st_gid) < 0)
		return err_errno(errno, "make the link %s", to);
	return NULL;
}

/* Folders and links at once; files are listed for later. */
static struct err *lay_entry(struct files *all, const char *from, const char *to)
{
	struct stat st;

	if (lstat(from, &st) < 0)
		return err_errno(errno, "%s", from);
	if (S_ISDIR(st.st_mode))
		return lay_folder(all, from, to, &st);
	if (S_ISLNK(st.st_mode))
		return lay_link(from, to, &st);
	if (S_ISREG(st.st_mode))
		VEC_PUSH(all, ((struct file){ mem_dup(from), mem_dup(to), st }));
	return NULL;
}

static struct err *lay_file(void *arg, unsigned worker, size_t part)
{
	const struct files *all = arg;
	const struct file *f = &all->items[part];
	AUTO_CLOSE int from = open(f->from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_CLOSE int to = from < 0 ? -1 : open(f->to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	(void)worker;
	if (from < 0 || to < 0)
		return err_errno(errno, "copy %s to %s", f->from, f->to);
	if (ioctl(to, FICLONE, from) < 0)
		TRY(file_copy(from, to, (uint64_t)f->st.st_size, f->to));
	if (fchown(to, f->st.st_uid, f->st.st_gid) < 0 || fchmod(to, f->st.st_mode & 07777) < 0)
		return err_errno(errno, "owner and mode of %s", f->to);
	return NULL;
}

struct err *lay_tree(const char *from, const char *to)
{
	struct files all = { 0 };
	struct err *e = lay_entry(&all, from, to);

	if (!e)
		e = thread_pool_run(thread_pool_size(), all.count, lay_file, &all);
	for (size_t i = 0; i < all.count; i++) {
		free(all.items[i].from);
		free(all.items[i].to);
	}
	free(all.items);
	return e;
}

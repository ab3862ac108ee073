/* SPDX-License-Identifier: MIT */
#include "lib/lay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/thread_pool.h"
#include "lib/durable.h"

struct file {
	char *from, *to;
	struct stat st;
};

struct files {
	struct file *items;
	size_t count, room;
	const struct account *as; /* who makes the files; NULL: root makes them and gives them away */
};

/* Rights of the calling thread alone. */
static void become(const struct account *as)
{
	if (as) {
		setfsgid(as->gid);
		setfsuid(as->uid);
	}
}

static struct err *make_folder(const struct account *as, const char *to, const struct stat *st)
{
	become(as);
	bool made = !mkdir(to, 0700) && (as || !lchown(to, st->st_uid, st->st_gid)) &&
		    !chmod(to, st->st_mode & 07777);
	struct err *e = made ? NULL : err_errno(errno, "make %s", to);
	durable_as_root();
	return e;
}

static struct err *lay_entry(struct files *all, const char *from, const char *to);

static struct err *lay_folder(struct files *all, const char *from, const char *to, const struct stat *st)
{
	struct err *e = NULL;

	TRY(make_folder(all->as, to, st));
	DIR *dir = opendir(from);
	if (!dir)
		return err_errno(errno, "%s", from);
	for (struct dirent *d; !e && (d = readdir(dir));) {
		AUTO_FREE char *one = mem_printf("%s/%s", from, d->d_name),
			       *other = mem_printf("%s/%s", to, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = lay_entry(all, one, other);
	}
	closedir(dir);
	return e;
}

static struct err *lay_link(const struct account *as, const char *from, const char *to, const struct stat *st)
{
	char target[4096];
	ssize_t n = readlink(from, target, sizeof target - 1);

	if (n < 0)
		return err_errno(errno, "%s", from);
	target[n] = '\0';
	become(as);
	bool made = !symlink(target, to) && (as || !lchown(to, st->st_uid, st->st_gid));
	struct err *e = made ? NULL : err_errno(errno, "make the link %s", to);
	durable_as_root();
	return e;
}

/* Makes folders and links at once, and lists files for later. */
static struct err *lay_entry(struct files *all, const char *from, const char *to)
{
	struct stat st;

	if (lstat(from, &st) < 0)
		return err_errno(errno, "%s", from);
	if (S_ISDIR(st.st_mode))
		return lay_folder(all, from, to, &st);
	if (S_ISLNK(st.st_mode))
		return lay_link(all->as, from, to, &st);
	if (S_ISREG(st.st_mode))
		VEC_PUSH(all, ((struct file){ mem_dup(from), mem_dup(to), st }));
	return NULL;
}

static struct err *lay_file(void *arg, unsigned worker, size_t part)
{
	const struct files *all = arg;
	const struct file *f = &all->items[part];
	AUTO_CLOSE int from = open(f->from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	(void)worker;
	become(all->as);
	AUTO_CLOSE int to =
		from < 0 ? -1 : open(f->to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int why = errno;
	durable_as_root();
	if (from < 0 || to < 0)
		return err_errno(why, "copy %s to %s", f->from, f->to);
	if (ioctl(to, FICLONE, from) < 0)
		TRY(file_copy(from, to, (uint64_t)f->st.st_size, f->to));
	if ((!all->as && fchown(to, f->st.st_uid, f->st.st_gid) < 0) || fchmod(to, f->st.st_mode & 07777) < 0)
		return err_errno(errno, "owner and mode of %s", f->to);
	return NULL;
}

struct err *lay_tree_as(const char *from, const char *to, const struct account *as)
{
	struct files all = { .as = as };

	if (as) { /* drops root's supplementary groups, once for all threads */
		durable_as(as);
		durable_as_root();
	}
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

struct err *lay_tree(const char *from, const char *to)
{
	return lay_tree_as(from, to, NULL);
}

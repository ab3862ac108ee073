/* SPDX-License-Identifier: MIT */
#include "upgrade/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* One entry on both sides, each as an open folder and a name in it. */
struct pair {
	int from, to;
	const char *name, *shown; /* the same name on both sides */
	/* files become hard links of the originals, where the file system can */
	bool linked;
};

/* list may be NULL. Leaves out names that would break the list's lines or that cannot be opened. */
static void note(struct text *list, char kind, unsigned long long size, const char *hex, const char *shown)
{
	if (list && !strchr(shown, '\n') && strlen(shown) < PATH_MAX)
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

/* Whether the open file still has that name: another file may have replaced it. */
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
		return NULL; /* it is a link by now */
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

/* How many folders of each side are open at once: a tree may be deeper than a process may have open files. */
#define OPEN_MOST 32

/* A folder on the path to the current one. */
struct level {
	int from, to; /* -1: closed, see reopen */
	char *name, *shown;
	struct stat st;
	struct text names; /* the names, each with its NUL */
	size_t next;	   /* the positions in names */
};

struct walk {
	int from, to; /* the folders that hold from and to; to -1: only measure */
	bool linked;
	struct text *list;
	uint64_t size_bytes;
	struct {
		struct level *items;
		size_t count, room;
	} levels;
};

static int open_folder(int in, const char *name)
{
	return openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static struct err *read_names(struct level *l)
{
	DIR *dir = fdopendir(dup(l->from));

	if (!dir)
		return err_errno(errno, "%s", l->shown);
	for (struct dirent *d; (d = readdir(dir));)
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			text_add(&l->names, d->d_name, strlen(d->d_name) + 1);
	closedir(dir);
	return NULL;
}

static void done_level(struct level *l)
{
	shut(&l->from);
	shut(&l->to);
	free(l->name);
	free(l->shown);
	text_done(&l->names);
}

/* Enters a folder; leaves out one that has gone or is a link by now. */
static struct err *enter(struct walk *w, const struct pair *p, const struct stat *st)
{
	struct level l = { .from = open_folder(p->from, p->name), .to = -1, .st = *st };
	struct err *e = NULL;

	if (l.from < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ?
			       NULL :
			       err_errno(errno, "%s", p->shown);
	l.name = mem_dup(p->name);
	l.shown = mem_dup(p->shown);
	if (w->to >= 0 && mkdirat(p->to, p->name, 0700) < 0)
		e = err_errno(errno, "copy the folder %s", p->shown);
	else if (w->to >= 0 && (l.to = open_folder(p->to, p->name)) < 0)
		e = err_errno(errno, "%s", p->shown);
	if (!e)
		e = read_names(&l);
	if (e) {
		done_level(&l);
		return e;
	}
	note(w->list, 'd', 0, "-", l.shown);
	VEC_PUSH(&w->levels, l);
	if (w->levels.count > OPEN_MOST) {
		struct level *high = &w->levels.items[w->levels.count - 1 - OPEN_MOST];
		shut(&high->from);
		shut(&high->to);
	}
	return NULL;
}

/* Opens the last folder again, by names from the top; keeps those above it open, too. A folder that has
 * gone, or was replaced, stays closed. */
static void reopen(struct walk *w)
{
	int from = w->from, to = w->to;
	struct level *items = w->levels.items;
	size_t count = w->levels.count;

	for (size_t i = 0; i < count; i++) {
		struct stat st;
		int above_from = from, above_to = to;
		from = open_folder(above_from, items[i].name);
		to = above_to < 0 ? -1 : open_folder(above_to, items[i].name);
		bool same = from >= 0 && !fstat(from, &st) && st.st_ino == items[i].st.st_ino &&
			    st.st_dev == items[i].st.st_dev;
		if (i && items[i - 1].from != above_from) {
			shut(&above_from);
			shut(&above_to);
		}
		if (!same) {
			shut(&from);
			shut(&to);
			return;
		}
		if (i + OPEN_MOST >= count) {
			items[i].from = from;
			items[i].to = to;
		}
	}
}

static struct err *copy_entry(struct walk *w, const struct pair *p)
{
	struct stat st;

	if (fstatat(p->from, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "%s", p->shown);
	w->size_bytes += (uint64_t)st.st_blocks * 512;
	if (S_ISDIR(st.st_mode))
		return enter(w, p, &st);
	if (w->to < 0)
		return NULL;
	if (S_ISLNK(st.st_mode))
		return copy_link(p, &st, w->list);
	return S_ISREG(st.st_mode) ? copy_file(p, w->list) : NULL;
}

/* Takes the next name of the last folder, or leaves that folder. */
static struct err *go_on(struct walk *w)
{
	struct level *l = &w->levels.items[w->levels.count - 1];

	if (l->from < 0)
		reopen(w);
	if (w->to >= 0 && l->from >= 0 && l->to < 0)
		return err_new(ERR_SYSTEM, "the copy of %s went away", l->shown);
	if (l->from >= 0 && l->next < l->names.len) {
		const char *name = l->names.bytes + l->next;
		AUTO_FREE char *shown = mem_printf("%s/%s", l->shown, name);
		struct pair p = { l->from, l->to, name, shown, w->linked };
		l->next += strlen(name) + 1;
		return copy_entry(w, &p);
	}
	struct err *e = l->to < 0 ? NULL : keep_look(l->to, &l->st, l->shown);
	done_level(l);
	w->levels.count--;
	return e;
}

/* Walks a tree of any depth. */
static struct err *walk_tree(struct walk *w, const char *name, const char *shown)
{
	struct err *e = copy_entry(w, &(struct pair){ w->from, w->to, name, shown, w->linked });

	while (!e && w->levels.count)
		e = go_on(w);
	for (size_t i = 0; i < w->levels.count; i++)
		done_level(&w->levels.items[i]);
	free(w->levels.items);
	return e;
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
	struct walk w = { .from = folder, .to = folder_to, .linked = linked, .list = list };
	return walk_tree(&w, name, shown);
}

struct err *copy_tree(const char *from, const char *to, const char *shown, struct text *list)
{
	return begin(from, to, shown, false, list);
}

struct err *copy_linked(const char *from, const char *to)
{
	return begin(from, to, from, true, NULL);
}

uint64_t copy_size(const char *from)
{
	const char *name;
	AUTO_CLOSE int folder = open_parent(from, &name);
	struct walk w = { .from = folder, .to = -1 };

	if (folder >= 0)
		err_free(walk_tree(&w, name, from));
	return w.size_bytes;
}

bool copy_by_reference(const char *folder)
{
	AUTO_CLOSE int one = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	AUTO_CLOSE int other = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	return one >= 0 && other >= 0 && write(one, "x", 1) == 1 && !ioctl(other, FICLONE, one);
}

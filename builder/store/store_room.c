/* SPDX-License-Identifier: MIT */
/* Holds kept trees that images run from, and limits how many stay. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

#define KIND "room"

struct room {
	struct digest key;
	struct timespec asked; /* when it was last asked for */
};

/* Takes a shared lock. -1: it is not there, or was removed while we waited. */
static int take(const char *root)
{
	AUTO_CLOSE int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat held, there;
	int taken = fd;

	if (fd < 0 || flock(fd, LOCK_SH) < 0 || fstat(fd, &held) < 0 || lstat(root, &there) < 0 ||
	    held.st_ino != there.st_ino || held.st_dev != there.st_dev)
		return -1;
	fd = -1;
	return taken;
}

bool store_room_is_held(const char *root)
{
	AUTO_CLOSE int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

/* Removes a tree that no process holds. */
static struct err *drop(struct store *s, const struct digest *key)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *ref = mem_printf("%s/refs/" KIND "/%s", s->path, digest_hex(key, hex));
	AUTO_FREE char *folder = mem_printf("%s/trees/%s", s->path, hex);
	AUTO_FREE char *root = mem_printf("%s/root", folder);
	AUTO_CLOSE int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		return NULL;
	TRY(store_clean_folder(s, folder));
	unlink(ref);
	return NULL;
}

static int latest_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct room *)a)->asked, *y = &((const struct room *)b)->asked;

	return x->tv_sec != y->tv_sec ? (x->tv_sec < y->tv_sec) - (x->tv_sec > y->tv_sec) :
					(x->tv_nsec < y->tv_nsec) - (x->tv_nsec > y->tv_nsec);
}

/* All kept trees that images run from, most recently used first. The caller's to free. */
static struct room *list(const struct store *s, size_t *ret_count)
{
	AUTO_FREE char *path = mem_printf("%s/refs/" KIND, s->path);
	DIR *folder = opendir(path);
	struct {
		struct room *items;
		size_t count, room;
	} all = { 0 };
	struct stat st;
	struct room r;

	for (struct dirent *d; folder && (d = readdir(folder));) {
		if (!digest_parse(d->d_name, &r.key) || fstatat(dirfd(folder), d->d_name, &st, 0) < 0)
			continue;
		r.asked = st.st_mtim;
		VEC_PUSH(&all, r);
	}
	if (folder)
		closedir(folder);
	if (all.count)
		qsort(all.items, all.count, sizeof r, latest_first);
	*ret_count = all.count;
	return all.items;
}

struct err *store_room_hold(struct store *s, const struct digest *key, size_t most, char **ret_path,
			    int *ret_fd)
{
	AUTO_FREE char *root = store_tree_find(s, key);
	size_t count;

	*ret_fd = root ? take(root) : -1;
	if (*ret_fd < 0)
		return NULL;
	*ret_path = TAKE(root);
	TRY(store_ref_write(s, KIND, key, ""));
	AUTO_FREE struct room *all = list(s, &count);
	for (size_t i = most; i < count; i++)
		err_free(drop(s, &all[i].key)); /* a tree that cannot be removed is no reason not to run */
	return NULL;
}

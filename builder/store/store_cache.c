/* SPDX-License-Identifier: MIT */
/* Named folders in which programs of the image cache downloads. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

/* Cached files are in a folder of ours: its access time is the time of last use, its modification time the
 * moment up to which everything is on disk. */
static char *folder_of(const struct store *s, const char *name)
{
	return mem_printf("%s/caches/%s", s->path, name);
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Calls fn for each file that is newer than its cache's last synced moment, by ctime, which no program can
 * set. */
static struct err *each_young(const char *folder, const struct timespec *good, int (*fn)(const char *path))
{
	AUTO_FREE char *files = mem_printf("%s/files", folder);
	FTS *walk = fts_open((char *[]){ files, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct err *e = NULL;

	if (!walk)
		return err_errno(errno, "%s", files);
	for (FTSENT *at; !e && (at = fts_read(walk));)
		if (at->fts_info == FTS_F && is_later(&at->fts_statp->st_ctim, good) && fn(at->fts_path) < 0)
			e = err_errno(errno, "%s", at->fts_path);
	fts_close(walk);
	return e;
}

static int sync_file(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd < 0 ? -1 : fsync(fd);
}

struct err *store_cache_begin(struct store *s, const char *name, char **ret_path, int *ret_lock)
{
	AUTO_FREE char *folder = folder_of(s, name), *files = mem_printf("%s/files", folder);
	AUTO_FREE char *what = mem_printf("cache %s", name);
	struct digest key = digest_of(what, strlen(what));

	TRY(store_lock_key(s, &key, ret_lock));
	TRY(file_make_folder(files, 0755));
	store_note_use(s, folder);
	*ret_path = TAKE(files);
	return NULL;
}

/* Makes a folder, or moves a file unless the name exists; both become the program's. */
static struct err *adopt(const FTSENT *at, const char *to, unsigned uid, unsigned gid)
{
	if (at->fts_info == FTS_D && mkdir(to, 0755) < 0 && errno != EEXIST)
		return err_errno(errno, "make %s", to);
	if (at->fts_info == FTS_F && renameat2(AT_FDCWD, at->fts_path, AT_FDCWD, to, RENAME_NOREPLACE) < 0 &&
	    errno != EEXIST)
		return err_errno(errno, "move %s", at->fts_path);
	if ((at->fts_info == FTS_D || at->fts_info == FTS_F) && lchown(to, uid, gid) < 0)
		return err_errno(errno, "give %s to the step", to);
	return NULL;
}

struct err *store_cache_adopt(struct store *s, const char *name, const char *brought, unsigned uid,
			      unsigned gid)
{
	AUTO_FREE char *own = folder_of(s, brought), *from = mem_printf("%s" STORE_CACHE_BROUGHT, own),
		       *files = mem_printf("%s/files", from), *to = folder_of(s, name);
	FTS *walk = access(files, F_OK) ?
			    NULL :
			    fts_open((char *[]){ files, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct err *e = NULL;

	if (!walk)
		return NULL;
	for (FTSENT *at; !e && (at = fts_read(walk));) {
		AUTO_FREE char *there = mem_printf("%s/files%s", to, at->fts_path + strlen(files));
		e = adopt(at, there, uid, gid);
	}
	fts_close(walk);
	return e ? e : file_remove_tree(from);
}

struct err *store_cache_end(struct store *s, const char *name)
{
	AUTO_FREE char *folder = folder_of(s, name);
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	if (stat(folder, &st) < 0)
		return err_errno(errno, "%s", folder);
	TRY(each_young(folder, &st.st_mtim, sync_file));
	if (utimensat(AT_FDCWD, folder, (struct timespec[]){ { .tv_nsec = UTIME_OMIT }, now }, 0) < 0)
		return err_errno(errno, "%s", folder);
	return NULL;
}

struct err *store_cache_distrust(const char *folder, const struct stat *st)
{
	return each_young(folder, &st->st_mtim, unlink);
}

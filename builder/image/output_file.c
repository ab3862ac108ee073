/* SPDX-License-Identifier: MIT */
#include "image/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define NOTES "output"

/* Builds that write to one folder may use different stores, so the folder is locked. Not every file system
 * supports that; there, only builds with the same store wait for each other. */
static struct err *lock_folder(struct store *s, const char *folder, int *ret_fd)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct digest key = digest_of(folder, strlen(folder));
	int r;

	while ((r = flock(fd, LOCK_EX)) < 0 && errno == EINTR)
		;
	if (r < 0)
		return store_lock_key(s, &key, ret_fd);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

struct err *output_file_begin(struct store *s, const struct image_config *c, const char *folder,
			      const char *suffix, struct output_file *ret)
{
	TRY(file_make_folder(folder, 0777));
	AUTO_FREE char *whole = realpath(folder, NULL);
	if (!whole)
		return err_errno(errno, "open folder %s", folder);
	AUTO_FREE char *path = mem_printf("%s/%s-%s%s", whole, c->name, c->tag, suffix);
	AUTO_FREE char *part = mem_printf("%s.part", path);
	AUTO_CLOSE int lock = -1;
	TRY(lock_folder(s, whole, &lock));
	TRY(file_remove_tree(part));
	*ret = (struct output_file){ .path = TAKE(path), .part = TAKE(part), .lock = lock };
	lock = -1;
	return NULL;
}

struct err *output_file_commit(const struct output_file *p)
{
	if (!rename(p->part, p->path))
		return NULL;
	/* A folder cannot replace one that is not empty: exchange their names if the file system can. */
	if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR && errno != EISDIR)
		return err_errno(errno, "rename %s", p->part);
	if (!renameat2(AT_FDCWD, p->part, AT_FDCWD, p->path, RENAME_EXCHANGE))
		return file_remove_tree(p->part);
	TRY(file_remove_tree(p->path));
	return rename(p->part, p->path) < 0 ? err_errno(errno, "rename %s", p->part) : NULL;
}

void output_file_done(struct output_file *p)
{
	if (p->part)
		err_free(file_remove_tree(p->part));
	file_closep(&p->lock);
	free(p->path);
	free(p->part);
	*p = (struct output_file){ .lock = -1 };
}

static char *note_of(const char *path, const struct digest *d)
{
	char hex[DIGEST_HEX];
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	return mem_printf("%s %ju:%ju %jd %jd.%09ld", digest_hex(d, hex), (uintmax_t)st.st_dev,
			  (uintmax_t)st.st_ino, (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
			  st.st_mtim.tv_nsec);
}

bool output_file_same(const struct store *s, const char *path, const struct digest *d)
{
	struct digest key = digest_of(path, strlen(path));
	AUTO_FREE char *now = note_of(path, d);
	AUTO_FREE char *then = NULL, *boot = clock_boot();
	AUTO_FREE char *now_unsure = mem_printf("%s %s", now ? now : "", boot);
	struct err *e = now ? store_ref_read(s, NOTES, &key, &then) : NULL;

	err_free(e); /* an unreadable note counts as none: the output is written again */
	return then && (!strcmp(now, then) || !strcmp(now_unsure, then));
}

struct err *output_file_note(struct store *s, const char *path, const struct digest *d, bool lasting)
{
	struct digest key = digest_of(path, strlen(path));
	AUTO_FREE char *note = note_of(path, d), *boot = clock_boot();
	AUTO_FREE char *unsure = mem_printf("%s %s", note ? note : "", boot);

	return note ? store_ref_write(s, NOTES, &key, lasting ? note : unsure) :
		      err_new(ERR_SYSTEM, "%s has vanished", path);
}

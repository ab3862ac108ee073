/* SPDX-License-Identifier: MIT */
/* Finds the store's folder and makes sure that it is ours alone. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

struct err *store_folder_choose(const char *asked, char **ret)
{
	const char *store = getenv("MKBENCH_STORE"), *cache = getenv("XDG_CACHE_HOME"),
		   *home = getenv("HOME");

	if (asked)
		*ret = mem_dup(asked);
	else if (store && *store)
		*ret = mem_dup(store);
	else if (cache && *cache == '/')
		*ret = mem_printf("%s/mkbench", cache);
	else if (home && *home == '/')
		*ret = mem_printf("%s/.cache/mkbench", home);
	else
		return err_new(ERR_USAGE, "no place for the store: set MKBENCH_STORE or HOME");
	return NULL;
}

static bool is_ours(const char *name)
{
	static const char *const names[] = {
		"blobs", "refs", "trees", "caches", "git", "tmp", "lock", "boot", "lost+found", ".", "..",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Refuses a folder that holds other things instead of closing it to others: /tmp must stay usable. */
static struct err *check_ours(const char *path)
{
	DIR *dir = opendir(path);
	struct err *e = dir ? NULL : err_errno(errno, "%s", path);

	for (struct dirent *d; dir && !e && (d = readdir(dir));)
		if (!is_ours(d->d_name))
			e = err_new(
				ERR_USAGE,
				"%s holds other things, such as %s, and the store is for its owner alone: "
				"give it a folder of its own by MKBENCH_STORE",
				path, d->d_name);
	if (dir)
		closedir(dir);
	return e;
}

/* The roots in the store have set-uid programs of any packages: nobody else may reach them. */
static struct err *close_to_others(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "%s", path);
	if (st.st_uid != geteuid())
		return err_new(ERR_USAGE,
			       "%s belongs to user %u, who could change what is built from it: give the "
			       "store a folder of its own by MKBENCH_STORE",
			       path, st.st_uid);
	if ((st.st_mode & 07777) == 0700)
		return NULL;
	TRY(check_ours(path));
	return fchmod(fd, 0700) < 0 ? err_errno(errno, "close %s to others", path) : NULL;
}

struct err *store_folder_make(struct store *s)
{
	static const char *const below[] = { "blobs/sha256", "refs", "trees", "tmp" };

	TRY(file_make_folder(s->path, 0755));
	TRY(close_to_others(s->path));
	for (size_t i = 0; i < COUNT(below); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", s->path, below[i]);
		TRY(file_make_folder(path, 0755));
	}
	char *whole = realpath(s->path, NULL);
	if (!whole)
		return err_errno(errno, "%s", s->path);
	free(s->path);
	s->path = whole;
	return NULL;
}

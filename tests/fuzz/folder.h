/* SPDX-License-Identifier: MIT */
/* A folder for what a target writes: begun empty, and then nothing may have changed beside it. */
#pragma once
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static char folder_top[] = "/dev/shm/mkbench-fuzz.XXXXXX"; /* holds inside/ and a file named beside */

static inline void folder_remove(void)
{
	err_free(file_remove_tree(folder_top));
}

static inline void folder_make(void)
{
	if (!mkdtemp(folder_top) || atexit(folder_remove))
		abort();
	AUTO_FREE char *beside = mem_printf("%s/beside", folder_top);
	if (file_write(beside, "kept", 4, 0600))
		abort();
}

static inline size_t folder_count(void)
{
	DIR *dir = opendir(folder_top);
	size_t n = 0;

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

/* The empty folder's path, the caller's to free. */
static inline char *folder_begin(void)
{
	static int made;

	if (!made++)
		folder_make();
	AUTO_FREE char *inside = mem_printf("%s/inside", folder_top);
	if (mkdir(inside, 0755) < 0 || folder_count() != 2)
		abort();
	return TAKE(inside);
}

/* Removes it, too. */
static inline void folder_end(void)
{
	AUTO_FREE char *inside = mem_printf("%s/inside", folder_top),
		       *beside = mem_printf("%s/beside", folder_top), *bytes = NULL;
	struct stat st;
	size_t len = 0;

	if (stat(beside, &st) < 0 || st.st_mode != (S_IFREG | 0600) || st.st_nlink != 1 ||
	    st.st_uid != getuid() || file_read(beside, 16, &bytes, &len) || strcmp(bytes, "kept") ||
	    file_remove_tree(inside) || folder_count() != 1)
		abort();
}

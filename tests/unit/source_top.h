/* SPDX-License-Identifier: MIT */
/* The folder that a test of apps' sources keeps its repositories, apps and stores in. */
#pragma once
#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "says.h"

static char top[] = "/tmp/mkbench-source.XXXXXX";

static inline char *at(const char *below)
{
	return mem_printf("%s/%s", top, below);
}

static inline void put(const char *below, const char *text)
{
	AUTO_FREE char *path = at(below);

	ok(!file_write(path, text, strlen(text), 0644));
}

static inline size_t count_in(const char *below)
{
	AUTO_FREE char *path = at(below);
	DIR *dir = opendir(path);
	size_t n = 0;

	for (struct dirent *d; dir && (d = readdir(dir));)
		n += d->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

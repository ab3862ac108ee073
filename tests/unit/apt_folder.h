/* SPDX-License-Identifier: MIT */
/* A folder that is /etc/apt to what reads it. */
#pragma once
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

static char *top;

static inline void begin_folder(void)
{
	static char folder[] = "/tmp/mkbench-archive.XXXXXX";

	top = mkdtemp(folder);
	setenv("MKBENCH_APT", top, 1);
}

static inline void write_text(const char *name, const char *text)
{
	AUTO_FREE char *path = mem_printf("%s/%s", top, name);
	AUTO_FREE char *folder = mem_ndup(path, (size_t)(strrchr(path, '/') - path));

	ok(!file_make_folder(folder, 0755) && !file_write(path, text, strlen(text), 0644));
}

static inline void forget_all(void)
{
	ok(!file_remove_tree(top) && !mkdir(top, 0755));
}

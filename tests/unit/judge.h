/* SPDX-License-Identifier: MIT */
/* Independent programs that judge what we write. A machine without one skips its checks and says so. */
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "t.h"

static inline bool judge_is_here(const char *program)
{
	static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/sbin", "/bin" };

	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folders[i], program);
		if (!access(path, X_OK))
			return true;
	}
	AUTO_FREE char *why = mem_printf("%s is not installed", program);
	t_skip(why);
	return false;
}

/* What the program prints, when it is content; else NULL, and its words as a comment. */
static inline char *judge(const char *const *argv)
{
	const struct child c = { .argv = argv, .limit_seconds = 60 };
	AUTO_FREE char *output = NULL;
	int status = 0;
	struct err *e = child_run(&c, &output, NULL, &status);

	if (!e && !status)
		return TAKE(output);
	AUTO_FREE char *why = e ? err_text(e) : NULL;
	printf("# %s: status %d: %s%s\n", argv[0], status, why ? why : "", output ? output : "");
	err_free(e);
	return NULL;
}

#define JUDGE(...) judge((const char *const[]){ __VA_ARGS__, NULL })

/* A disk that is full at that byte of any file: what is written across it is cut, and
 * the next write fails with EFBIG. */
static inline void judge_full_at(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	ok(!getrlimit(RLIMIT_FSIZE, &limit));
	limit.rlim_cur = bytes;
	ok(!setrlimit(RLIMIT_FSIZE, &limit));
}

/* A file that has no name any more when the test ends. */
static inline char *judge_file(int *ret_fd)
{
	char *path = mem_dup("/tmp/mkbench-unit-XXXXXX");

	*ret_fd = mkstemp(path);
	return path;
}

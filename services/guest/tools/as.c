/* SPDX-License-Identifier: MIT */
#include "tools/as.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/account.h"
#include "lib/environment.h"
#include "base/mem.h"
#include "base/terminal.h"

#define GROUPS_MAX 64

static int complain(const char *what)
{
	fprintf(stderr, "as: %s: %s\n", what, strerror(errno));
	return errno == ENOENT ? 127 : 126;
}

/* theirs: the user's own terminal, which replaces root's; or -1. */
static _Noreturn void become(const struct account *a, char **argv, int theirs)
{
	gid_t groups[GROUPS_MAX];
	char **env = environment_environment(environ); /* root's has passwords */
	size_t count = account_groups("/etc/group", a, groups, COUNT(groups));

	if (theirs < 0)
		setsid();
	else if (setsid() < 0 || ioctl(theirs, TIOCSCTTY, 0) < 0)
		_exit(complain("take a terminal"));
	for (int fd = 0; fd < 3; fd++)
		if (isatty(fd) && dup2(theirs, fd) < 0)
			_exit(complain("take a terminal"));
	close_range(3, ~0u, 0);
	if (setgroups(count, groups) < 0 || setresgid(a->gid, a->gid, a->gid) < 0 ||
	    setresuid(a->uid, a->uid, a->uid) < 0)
		_exit(complain(a->name));
	execvpe(argv[0], argv, env);
	_exit(complain(argv[0]));
}

static int run(const struct account *a, char **argv)
{
	bool any = isatty(0) || isatty(1) || isatty(2);
	int ours = -1, theirs = -1, status;

	if (any)
		terminal_open(&ours, &theirs);
	if (any && theirs < 0)
		return complain("make a terminal");
	pid_t child = fork();
	if (child < 0)
		return complain("fork");
	if (!child)
		become(a, argv, theirs);
	if (any) {
		close(theirs);
		err_free(terminal_serve(ours));
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return complain("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int as_main(int argc, char **argv)
{
	struct account a = { .name = argc > 1 ? argv[1] : NULL };

	if (argc < 3) {
		fputs("usage: as USER PROGRAM [ARGUMENT...]\n", stderr);
		return 2;
	}
	struct err *e = account_find("/etc/passwd", &a);
	if (e) {
		AUTO_FREE char *why = err_text(e);
		fprintf(stderr, "as: %s\n", why);
		err_free(e);
		return 2;
	}
	return run(&a, argv + 2);
}

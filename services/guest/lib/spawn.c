/* SPDX-License-Identifier: MIT */
#include "lib/spawn.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"

static _Noreturn void become(const char *path, char *const *argv, char *const *env, int out)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (out >= 0 && (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0))
		_exit(127);
	execve(path, argv, env);
	_exit(127);
}

pid_t spawn(const char *path, char *const *argv, char *const *env, int out)
{
	pid_t pid = fork();

	if (pid == 0)
		become(path, argv, env, out);
	if (pid < 0)
		log_line("cannot start %s: %s", argv[0], strerror(errno));
	return pid > 0 ? pid : 0;
}

/* SPDX-License-Identifier: MIT */
#include "tools/ctl_provide.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct err *ctl_provide(const char *what, const char *name, const char *more, int *ret_status)
{
	fflush(stdout);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl("/proc/self/exe", "provision", what, name, more, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		return err_errno(errno, "provision cannot be started");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "provision");
	if (WIFSIGNALED(status))
		_exit(128 + WTERMSIG(status));
	*ret_status = WEXITSTATUS(status);
	return NULL;
}

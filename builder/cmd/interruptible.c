/* SPDX-License-Identifier: MIT */
#include "cmd/interruptible.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/interrupt.h"

static _Noreturn void be_worker(struct err *(*task)(void *arg), void *arg, int answer)
{
	interrupt_release();
	struct err *e = task(arg);
	if (fflush(stdout) && !e)
		e = err_errno(errno, "write standard output");
	char *text = e ? err_text(e) : NULL;
	_exit(!e ? 0 : write(answer, text, strlen(text)) < 0 ? ERR_SYSTEM : (int)err_kind(e));
}

/* Ends all programs; those that lost their parent are our children. */
static void end_all(void)
{
	AUTO_FREE char *path = mem_printf("/proc/self/task/%d/children", (int)getpid());

	do {
		FILE *list = fopen(path, "re");
		for (int pid; list && fscanf(list, "%d", &pid) == 1;)
			kill(pid, SIGTERM);
		if (list)
			fclose(list);
	} while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
}

/* Receives the worker's answer once it is done; false: we were interrupted. */
static bool listen_to(int answer, struct text *why)
{
	char part[1024];
	ssize_t n = 1;

	while (n > 0) {
		if (interrupt_wait(answer, -1))
			return false;
		n = read(answer, part, sizeof part);
		text_add(why, part, n > 0 ? (size_t)n : 0);
	}
	return true;
}

struct err *interruptible_run(struct err *(*task)(void *arg), void *arg)
{
	AUTO_TEXT struct text why = { 0 };
	int ends[2], status = 0;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return err_errno(errno, "begin a process");
	AUTO_CLOSE int answer = ends[0];
	pid_t pid = fork();
	int code = errno;
	if (!pid)
		be_worker(task, arg, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return err_errno(code, "fork");
	if (!listen_to(answer, &why)) {
		end_all();
		return err_new(ERR_INTERRUPT, "interrupted");
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return NULL;
	return why.len ? err_new((enum err_kind)WEXITSTATUS(status), "%s", why.bytes) :
			 err_new(ERR_SYSTEM, "the process that did the work was killed");
}

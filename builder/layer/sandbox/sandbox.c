/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox_drop.h"
#include "layer/sandbox/sandbox_gate.h"
#include "layer/sandbox/sandbox_host.h"
#include "layer/sandbox/sandbox_output.h"
#include "layer/sandbox/sandbox_range.h"
#include "layer/sandbox/sandbox_root.h"
#include "layer/sandbox/sandbox_watch.h"

static bool watched; /* in the worker: process 1 reads the names that programs look up */

/* What the sandbox runs: a function. */
struct build_context {
	const struct sandbox *sandbox;
	int (*inside)(void *arg);
	void *arg;
	int output, trouble; /* descriptors: for output; for the reason why the sandbox could not be made */
	int life;	     /* ends with the build */
	int user;	     /* namespace, or -1 */
	int gate;	     /* of the network, or -1 */
	int lookups;	     /* the file for lookups, or -1 */
};

static void keep_at(int *fd, int at)
{
	*fd = dup2(*fd, at);
	if (*fd < 0)
		_exit(127);
	fcntl(at, F_SETFD, FD_CLOEXEC);
}

static void reset_process(struct build_context *j)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC), life = fcntl(j->life, F_DUPFD_CLOEXEC, 6);
	j->trouble = fcntl(j->trouble, F_DUPFD_CLOEXEC, 6);
	j->life = life;
	if (j->lookups >= 0)
		j->lookups = fcntl(j->lookups, F_DUPFD_CLOEXEC, 6);
	if (in < 0 || dup2(in, 0) < 0 || dup2(j->output, 1) < 0 || dup2(j->output, 2) < 0)
		_exit(127);
	keep_at(&j->trouble, 3);
	keep_at(&j->life, 4);
	if (j->lookups >= 0)
		keep_at(&j->lookups, 5);
	close_range(j->lookups < 0 ? 5 : 6, ~0u, 0);
	setsid(); /* Ctrl-C is handled by the build, and scripts have no terminal */
	umask(022);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

static _Noreturn void give_up(struct build_context *j, struct err *e)
{
	const char *hint = sandbox_enter_refusal(err_code(e));
	AUTO_FREE char *what = err_text(e),
		       *text = mem_printf("%s%s%s", what, hint ? ": " : "", hint ? hint : "");
	ssize_t n = write(j->trouble, text, strlen(text));

	_exit(n < 0 ? 126 : 127);
}

static _Noreturn void be_worker(struct build_context *j, const char **env, struct sandbox_watch *watch)
{
	const struct sandbox *s = j->sandbox;
	struct err *e = s->before ? s->before() : NULL;

	if (!e)
		e = sandbox_drop(s);
	if (e)
		give_up(j, e);
	environ = (char **)env;
	close(j->trouble);
	close(j->life);
	if (j->gate >= 0)
		close(j->gate);
	if (watch)
		sandbox_watch_offer(watch);
	watched = watch;
	int status = j->inside(j->arg);
	fflush(NULL);
	_exit(status & 255);
}

/* Ends with the child, or kills it when the build has ended; a step cannot prevent that by changing its own
 * process. */
static _Noreturn void wait_for(pid_t child, int life, int ended, struct sandbox_watch *watch)
{
	struct pollfd fds[] = { { life, POLLIN, 0 }, { ended, POLLIN, 0 }, { -1, POLLIN, 0 } };
	struct signalfd_siginfo got;
	int status;

	for (;;) {
		fds[2].fd = watch ? watch->listener : -1;
		if (poll(fds, COUNT(fds), -1) < 0)
			continue;
		if (fds[0].revents)
			kill(child, SIGKILL);
		if (watch && fds[2].revents & POLLIN)
			sandbox_watch_answer(watch);
		else if (watch && fds[2].revents)
			watch->listener = -1; /* no process is left */
		if (!fds[0].revents && !fds[1].revents)
			continue;
		if (fds[1].revents && read(ended, &got, sizeof got) < 0 && errno != EINTR)
			_exit(127);
		for (pid_t pid; (pid = waitpid(-1, &status, fds[0].revents ? 0 : WNOHANG)) > 0;)
			if (pid == child) {
				if (watch)
					sandbox_watch_end(watch);
				_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
			}
	}
}

static int watch_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		_exit(127);
	return fd;
}

/* Process 1 keeps all rights in the sandbox, so that no process there can trace it. All others end with
 * it. */
static _Noreturn void be_first(struct build_context *j)
{
	struct sandbox_watch own, *watch = j->lookups < 0 ? NULL : &own;
	const char **env = sandbox_host_environment(j->sandbox);
	struct err *e = sandbox_root_enter(j->sandbox, j->user);
	int ended = watch_children();

	if (!e && j->gate >= 0)
		e = sandbox_gate_open(j->gate);
	if (!e && watch)
		e = sandbox_watch_begin(j->lookups, watch);
	if (e)
		give_up(j, e);
	pid_t worker = fork();
	if (worker < 0)
		give_up(j, err_errno(errno, "fork"));
	if (!worker) {
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(ended);
		be_worker(j, env, watch);
	}
	close(j->trouble);
	if (watch)
		sandbox_watch_take(watch);
	wait_for(worker, j->life, ended, watch);
}

/* The new process namespace begins with this process' first child. */
static _Noreturn void be_outer(struct build_context *j)
{
	reset_process(j);
	struct err *e = sandbox_range_open(j->sandbox->range, &j->user);
	j->gate = -1;
	if (!e && j->sandbox->network)
		e = sandbox_gate_start(j->sandbox->hosts, &j->gate);
	if (e)
		give_up(j, e);
	if (unshare(CLONE_NEWPID) < 0)
		give_up(j, err_errno(errno, "make namespaces for the sandbox"));
	int ended = watch_children();
	pid_t first = fork();
	if (first < 0)
		give_up(j, err_errno(errno, "fork"));
	if (!first) {
		close(ended);
		be_first(j);
	}
	close(j->trouble);
	wait_for(first, j->life, ended, NULL);
}

static struct err *conclude(pid_t outer, int trouble, const struct sandbox_output *t, const char *what,
			    const char *log)
{
	char why[1024];
	size_t len = 0;
	int status;

	for (ssize_t n; len < sizeof why - 1 && (n = read(trouble, why + len, sizeof why - 1 - len)) != 0;)
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			break;
	why[len] = '\0';
	while (waitpid(outer, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for the sandbox");
	if (len)
		return err_new(ERR_SYSTEM, "sandbox: %s", why);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return status ? sandbox_output_failure(t, status, what, log) : NULL;
}

/* The caller's pipe, or one whose other end only this process holds: it closes when the build ends. */
static struct err *start(struct build_context *j, int *ret_life, pid_t *ret_outer)
{
	int life[2] = { -1, -1 };

	if (j->sandbox->life)
		life[0] = fcntl(j->sandbox->life, F_DUPFD_CLOEXEC, 3);
	if (life[0] < 0 && (j->sandbox->life || pipe2(life, O_CLOEXEC) < 0))
		return err_errno(errno, "pipe");
	j->life = life[0];
	*ret_life = life[1];
	fflush(NULL);
	*ret_outer = fork();
	if (!*ret_outer)
		be_outer(j);
	int code = errno;
	close(life[0]);
	return *ret_outer < 0 ? err_errno(code, "fork") : NULL;
}

struct err *sandbox_call(const struct sandbox *s, int (*inside)(void *arg), void *arg, const char *what,
			 void (*line)(void *arg, const char *line), void *line_arg)
{
	AUTO_CLOSE int log = s->log ? open(s->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
	AUTO_CLOSE int lookups =
		s->lookups ? open(s->lookups, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
	AUTO_CLOSE int life = -1;
	int output[2], trouble[2];
	pid_t outer = -1;

	if ((s->log && log < 0) || (s->lookups && lookups < 0))
		return err_errno(errno, "open %s", s->log && log < 0 ? s->log : s->lookups);
	if (pipe2(output, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int output_end = output[0];
	if (pipe2(trouble, O_CLOEXEC) < 0) {
		close(output[1]);
		return err_errno(errno, "pipe");
	}
	AUTO_CLOSE int trouble_end = trouble[0];
	struct build_context j = {
		.sandbox = s,
		.inside = inside,
		.arg = arg,
		.output = output[1],
		.trouble = trouble[1],
		.lookups = lookups,
	};
	struct err *failed = start(&j, &life, &outer);
	close(output[1]);
	close(trouble[1]);
	TRY(failed);
	struct sandbox_output t = { .log = log, .line = line, .line_arg = line_arg };
	struct err *e = sandbox_output_read(output_end, &t);
	if (e)
		kill(outer, SIGKILL);
	struct err *end = conclude(outer, trouble_end, &t, what, s->log);
	sandbox_output_done(&t);
	if (e)
		err_free(end);
	return e ? e : end;
}

/* Of a step's programs, those that run beside the others. */
static struct {
	pid_t pid; /* 0: there is none, or it has ended */
	int status;
} beside[SANDBOX_BESIDE_MOST];

static int exit_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static pid_t spawn_child(const char *const *argv, const char *const *env)
{
	pid_t child = fork();

	if (child)
		return child;
	if (env)
		environ = (char **)env;
	if (watched)
		/* until it runs another program, whose memory process 1 may read in any case */
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Process 1 inherits orphans: any child may end here. */
static int await(pid_t child)
{
	int status;

	for (pid_t ended; (ended = waitpid(-1, &status, 0)) != child;) {
		if (ended < 0 && errno != EINTR)
			return 127;
		for (int i = 0; i < SANDBOX_BESIDE_MOST; i++)
			if (ended > 0 && ended == beside[i].pid) {
				beside[i].pid = 0;
				beside[i].status = exit_of(status);
			}
	}
	return exit_of(status);
}

int sandbox_spawn(const char *const *argv, const char *const *env)
{
	pid_t child = spawn_child(argv, env);

	return child < 0 ? 127 : await(child);
}

void sandbox_by_one_processor(bool one)
{
	static cpu_set_t all;
	cpu_set_t own;
	int here = sched_getcpu();

	CPU_ZERO(&own);
	if (!one)
		own = all;
	else if (here >= 0 && here < CPU_SETSIZE && !sched_getaffinity(0, sizeof all, &all))
		CPU_SET((size_t)here, &own);
	if (CPU_COUNT(&own))
		sched_setaffinity(0, sizeof own, &own);
}

int sandbox_spawn_beside(const char *const *argv)
{
	static int count;

	if (count == SANDBOX_BESIDE_MOST)
		return -1;
	pid_t child = spawn_child(argv, NULL);
	beside[count].pid = child < 0 ? 0 : child;
	beside[count].status = 127;
	return count++;
}

int sandbox_await_beside(int which)
{
	pid_t child = beside[which].pid;

	beside[which].pid = 0;
	return child ? await(child) : beside[which].status;
}

static int spawn(void *argv)
{
	return sandbox_spawn(argv, NULL);
}

struct err *sandbox_run(const struct sandbox *s, const char *const *argv)
{
	return sandbox_call(s, spawn, (void *)argv, argv[0], NULL, NULL);
}

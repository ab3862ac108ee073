/* SPDX-License-Identifier: MIT */
#include "engine/native_monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox_drop.h"
#include "layer/sandbox/sandbox_host.h"
#include "layer/sandbox/sandbox_range.h"
#include "layer/sandbox/sandbox_root.h"
#include "engine/port_forward.h"

#define STOP_SECONDS 30 /* our images need ten */

static _Noreturn void give_up(int trouble, struct err *e)
{
	AUTO_FREE char *text = err_text(e);

	_exit(write(trouble, text, strlen(text)) < 0 ? 126 : 127);
}

static _Noreturn void be_first(const struct native_monitor *k, int user, int trouble, int life)
{
	const char **env = sandbox_host_environment(k->room);
	struct pollfd end = { life, POLLIN, 0 };
	sigset_t none;

	struct err *e = sandbox_root_enter(k->room, user);
	if (!e)
		e = sandbox_drop(k->room);
	if (e)
		give_up(trouble, e);
	/* The container must end with its monitor. The kernel forgets this when a process changes its ids, so
	 * it comes last. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (poll(&end, 1, 0))
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(k->argv[0], (char *const *)k->argv, (char *const *)env);
	give_up(trouble, err_errno(errno, "start %s", k->argv[0]));
}

/* Forks process 1; returns once it runs the image's own program, or has ended. */
static struct err *start_first(const struct native_monitor *k, int trouble, pid_t *ret)
{
	int life[2], up[2];
	AUTO_CLOSE int user = -1;
	char none;

	TRY(sandbox_range_open(k->room->range, &user));
	if (unshare(CLONE_NEWPID) < 0)
		return err_errno(errno, "make namespaces for the container");
	/* stays open as long as the monitor lives */
	if (pipe2(life, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	*ret = fork();
	if (!*ret) {
		close(life[1]);
		close(up[0]);
		be_first(k, user, trouble, life[0]);
	}
	if (*ret < 0)
		return err_errno(errno, "fork");
	close(up[1]);
	while (read(up[0], &none, 1) < 0 && errno == EINTR)
		continue;
	close(up[0]);
	return NULL;
}

/* Enters the network namespace with the port; a process that has ended has none. */
static void join_network(pid_t first)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/ns/net", first);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && setns(fd, CLONE_NEWNET) < 0)
		kill(first, SIGKILL);
}

/* The sandbox's root may open it by /dev/stdout. */
static struct err *open_log(const char *path, unsigned owner)
{
	AUTO_CLOSE int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (in < 0 || out < 0 || fchown(out, owner, owner) < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		return err_errno(errno, "open %s", path);
	return NULL;
}

static struct err *write_pids(const char *path, pid_t first)
{
	AUTO_FREE char *text = mem_printf("%d %d\n", first, getpid());

	return file_write(path, text, strlen(text), 0600);
}

/* Blocks the signals that the monitor reads from a descriptor. */
static int take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void stop_first(pid_t first, uint32_t received)
{
	if (received == SIGTERM)
		alarm(STOP_SECONDS);
	kill(first, received == SIGTERM ? SIGTERM : SIGKILL);
}

static _Noreturn void watch(const struct native_monitor *k, int signals, pid_t first)
{
	struct forward *f = port_forward_new(k->listener, k->port);
	struct signalfd_siginfo got;
	int status;

	for (;;) {
		port_forward_serve(f, signals);
		if (read(signals, &got, sizeof got) != sizeof got)
			continue;
		if (got.ssi_signo != SIGCHLD)
			stop_first(first, got.ssi_signo);
		if (waitpid(first, &status, WNOHANG) == first)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
}

static _Noreturn void keep(const struct native_monitor *k, int trouble, pid_t starter)
{
	int signals = take_signals();

	setsid();
	prctl(PR_SET_NAME, "mkbench-keeper");
	if (!k->stay && (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != starter))
		_exit(0);
	struct sandbox room = *k->room;
	struct native_monitor own = *k;
	pid_t first = -1;
	room.range = (unsigned)getpid();
	own.room = &room;
	struct err *e = open_log(k->log, sandbox_range_owner(room.range));
	if (!e)
		e = start_first(&own, trouble, &first);
	if (!e)
		e = write_pids(k->pids, first);
	if (e)
		give_up(trouble, e);
	join_network(first);
	close(trouble);
	watch(k, signals, first);
}

struct err *native_monitor_start(const struct native_monitor *k)
{
	int trouble[2];
	char why[1024];
	size_t len = 0;
	pid_t self = getpid();

	if (pipe2(trouble, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int answer = trouble[0];
	pid_t pid = fork();
	if (!pid) {
		close(trouble[0]);
		keep(k, trouble[1], self);
	}
	int code = errno;
	close(trouble[1]);
	if (pid < 0)
		return err_errno(code, "fork");
	for (ssize_t n; len < sizeof why - 1 && (n = read(answer, why + len, sizeof why - 1 - len)) != 0;)
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			break;
	why[len] = '\0';
	/* so that a retry finds the name and the port free */
	while (len && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return len ? err_new(ERR_SYSTEM, "the container does not start: %s", why) : NULL;
}

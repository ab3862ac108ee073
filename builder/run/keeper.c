#include "run/keeper.h"

#include <errno.h>
#include <fcntl.h>
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
#include "layer/sandbox_host.h"
#include "layer/sandbox_root.h"
#include "run/forward.h"

#define STOP_SECONDS 30 /* an image of ours needs ten */

static _Noreturn void give_up(int trouble, struct err *e)
{
	AUTO_FREE char *text = err_text(e);

	_exit(write(trouble, text, strlen(text)) < 0 ? 126 : 127);
}

static _Noreturn void be_first(const struct keeper *k, int trouble)
{
	const char **env = sandbox_host_environment(k->room);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* no keeper, no room */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (unshare(CLONE_NEWNS) < 0)
		give_up(trouble, err_errno(errno, "make a mount namespace"));
	struct err *e = sandbox_root_enter(k->room);
	if (!e)
		e = sandbox_root_drop(k->room);
	if (e)
		give_up(trouble, e);
	execve(k->argv[0], (char *const *)k->argv, (char *const *)env);
	give_up(trouble, err_errno(errno, "start %s", k->argv[0]));
}

static struct err *open_log(const char *path)
{
	AUTO_CLOSE int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		return err_errno(errno, "open %s", path);
	return NULL;
}

static struct err *write_pids(const char *path, pid_t first)
{
	AUTO_FREE char *text = mem_printf("%d %d\n", first, getpid());

	return file_write(path, text, strlen(text), 0600);
}

/* Only signals this keeper waits for; they come through the descriptor. */
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

static _Noreturn void watch(const struct keeper *k, int signals, pid_t first)
{
	struct forward *f = forward_new(k->listener, k->port);
	struct signalfd_siginfo got;
	int status;

	for (;;) {
		forward_serve(f, signals);
		if (read(signals, &got, sizeof got) != sizeof got)
			continue;
		if (got.ssi_signo != SIGCHLD)
			stop_first(first, got.ssi_signo);
		if (waitpid(first, &status, WNOHANG) == first)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
}

static _Noreturn void keep(const struct keeper *k, int trouble, pid_t starter)
{
	int signals = take_signals();

	setsid();
	prctl(PR_SET_NAME, "mkbench-keeper");
	if (!k->stay && (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != starter))
		_exit(0);
	struct err *e = open_log(k->log);
	if (!e && unshare(CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET) < 0)
		e = err_errno(errno, "make namespaces for the container");
	pid_t first = e ? -1 : fork();
	if (!first)
		be_first(k, trouble);
	if (!e && first < 0)
		e = err_errno(errno, "fork");
	if (!e)
		e = write_pids(k->pids, first);
	if (e)
		give_up(trouble, e);
	close(trouble);
	watch(k, signals, first);
}

struct err *keeper_start(const struct keeper *k)
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
	return len ? err_new(ERR_SYSTEM, "the container does not start: %s", why) : NULL;
}

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

struct pipes {
	int in[2], out[2], errors[2];
};

static void close_both(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

static _Noreturn void become(const struct child *c, struct pipes *p)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	int in = c->input ? p->in[0] : c->input_fd > 0 ? c->input_fd : open("/dev/null", O_RDONLY);
	int errors = p->errors[1] >= 0 ? p->errors[1] : p->out[1];

	if (in < 0 || dup2(in, 0) < 0 || dup2(p->out[1], 1) < 0 || dup2(errors, 2) < 0)
		_exit(127);
	if (c->limit_seconds)
		setpgid(0, 0);
	if (c->as_user && (setgroups(0, NULL) < 0 || setresgid(c->gid, c->gid, c->gid) < 0 || setresuid(c->uid, c->uid, c->uid) < 0))
		_exit(126);
	if (c->cwd && chdir(c->cwd) < 0)
		_exit(127);
	if (c->env)
		environ = (char **)c->env;
	for (const char *const *word = c->set; word && *word; word++)
		putenv((char *)*word);
	execvp(c->argv[0], (char *const *)c->argv);
	_exit(errno == ENOENT ? 127 : 126);
}

static void keep_tail(struct text *t, size_t limit)
{
	if (t->len > 2 * limit) {
		memmove(t->bytes, t->bytes + t->len - limit, limit + 1);
		t->len = limit;
	}
}

/* False at the end of the stream. */
static bool drain(int fd, struct text *t, size_t limit)
{
	char chunk[16384];
	ssize_t n = read(fd, chunk, sizeof chunk);

	if (n > 0) {
		text_add(t, chunk, (size_t)n);
		keep_tail(t, limit);
	}
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static void feed(int *fd, const char **at, size_t *left)
{
	ssize_t n = write(*fd, *at, *left);

	if (n > 0) {
		*at += n;
		*left -= (size_t)n;
	}
	if (!*left || (n < 0 && errno != EINTR && errno != EAGAIN)) {
		close(*fd);
		*fd = -1;
	}
}

/* Milliseconds that are left, -1 without a limit. At 0 the child and its group have been killed. */
static int time_left(const struct child *c, pid_t pid, int64_t started)
{
	int64_t left = started + (int64_t)c->limit_seconds * 1000 - clock_ms();

	if (!c->limit_seconds)
		return -1;
	if (left <= 0) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		return 0;
	}
	return left < 60000 ? (int)left : 60000;
}

static void converse(const struct child *c, pid_t pid, int64_t started, struct pipes *p, struct text *out, struct text *errors)
{
	const char *at = c->input;
	size_t left = c->input_len, limit = c->output_limit ? c->output_limit : 1 << 20;

	while (p->out[0] >= 0 || p->errors[0] >= 0) {
		struct pollfd fds[] = { { p->out[0], POLLIN, 0 }, { p->errors[0], POLLIN, 0 }, { p->in[1], POLLOUT, 0 } };
		int wait = time_left(c, pid, started), n = poll(fds, 3, wait);
		if ((n < 0 && errno != EINTR) || (n == 0 && wait == 0))
			break; /* what has left the group may keep a pipe open for ever */
		if (c->heard && ((fds[0].revents | fds[1].revents) & POLLIN))
			c->heard();
		if (fds[0].revents && !drain(p->out[0], out, limit))
			close_both(p->out);
		if (fds[1].revents && !drain(p->errors[0], errors, limit))
			close_both(p->errors);
		if (fds[2].revents)
			feed(&p->in[1], &at, &left);
	}
}

/* The end may come long after that of its streams: a child can close them and go on. */
static void await_end(const struct child *c, pid_t pid, int64_t started)
{
	AUTO_CLOSE int end = c->limit_seconds ? pidfd_open(pid, 0) : -1;
	struct pollfd fds = { end, POLLIN, 0 };

	for (int wait; end >= 0 && (wait = time_left(c, pid, started));)
		if (poll(&fds, 1, wait) > 0)
			break;
}

struct err *child_run(const struct child *c, char **ret_output, char **ret_errors, int *ret_status)
{
	struct pipes p = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	AUTO_TEXT struct text out = { 0 }, errors = { 0 };

	if ((c->input && pipe2(p.in, O_CLOEXEC) < 0) || pipe2(p.out, O_CLOEXEC) < 0 ||
	    (ret_errors && pipe2(p.errors, O_CLOEXEC) < 0))
		return err_errno(errno, "pipe");
	pid_t pid = fork();
	if (pid < 0)
		return err_errno(errno, "fork");
	if (pid == 0)
		become(c, &p);
	for (int i = 0; i < 2; i++) {
		int *mine = i ? &p.errors[1] : &p.out[1];
		if (*mine >= 0)
			close(*mine);
		*mine = -1;
	}
	if (p.in[0] >= 0) {
		close(p.in[0]);
		p.in[0] = -1;
		fcntl(p.in[1], F_SETFL, O_NONBLOCK);
	}
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	int64_t started = clock_ms();
	converse(c, pid, started, &p, &out, &errors);
	signal(SIGPIPE, old);
	close_both(p.in);
	close_both(p.out);
	close_both(p.errors);
	await_end(c, pid, started);
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for %s", c->argv[0]);
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (ret_output)
		*ret_output = text_take(&out);
	if (ret_errors)
		*ret_errors = text_take(&errors);
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

struct pipes {
	int in[2], out[2], errors[2];
};

/* Leaders of the process groups that run now; 0: a free slot. */
static _Atomic pid_t leaders[64];

static bool leads(const struct child *c)
{
	return c->limit_seconds || c->goes_on || c->take || c->apart;
}

static void note_leader(pid_t before, pid_t after)
{
	for (size_t i = 0; i < COUNT(leaders); i++) {
		pid_t expected = before;
		if (atomic_compare_exchange_strong(&leaders[i], &expected, after))
			return;
	}
}

void child_kill_all(void)
{
	for (size_t i = 0; i < COUNT(leaders); i++)
		if (leaders[i] > 0) { /* it may not lead its group yet */
			kill(-leaders[i], SIGKILL);
			kill(leaders[i], SIGKILL);
		}
}

static void close_both(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

static void set_limit(int resource, uint64_t bytes)
{
	struct rlimit now;

	if (!bytes || getrlimit((__rlimit_resource_t)resource, &now) < 0 || now.rlim_cur <= bytes)
		return;
	now.rlim_cur = bytes;
	setrlimit((__rlimit_resource_t)resource, &now);
}

static void go_apart(const struct child *c)
{
	if (c->apart || c->as_user) { /* another user's program must not read from our terminal */
		setsid();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	} else if (leads(c)) {
		setpgid(0, 0);
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
	go_apart(c);
	if (c->as_user && (setgroups(0, NULL) < 0 || setresgid(c->gid, c->gid, c->gid) < 0 ||
			   setresuid(c->uid, c->uid, c->uid) < 0))
		_exit(126);
	if (c->cwd && chdir(c->cwd) < 0)
		_exit(127);
	if (c->env)
		environ = (char **)c->env;
	for (const char *const *word = c->set; word && *word; word++)
		putenv((char *)*word);
	set_limit(RLIMIT_FSIZE, c->file_bytes);
	set_limit(RLIMIT_DATA, c->memory_bytes); /* last: it limits the program, not us */
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

/* Returns false at the end of the stream. */
static bool drain(int fd, struct text *t, size_t limit, uint64_t *said)
{
	char chunk[16384];
	ssize_t n = read(fd, chunk, sizeof chunk);

	if (n > 0) {
		text_add(t, chunk, (size_t)n);
		keep_tail(t, limit);
		*said += (uint64_t)n;
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

/* A running child. */
struct running {
	const struct child *c;
	pid_t pid;
	int64_t started;
	uint64_t said; /* bytes of output and errors */
	bool given_up; /* it was told to end */
};

static void end_group(const struct running *r)
{
	kill(-r->pid, SIGKILL);
	kill(r->pid, SIGKILL);
}

/* Milliseconds until this must be called again, -1: no limit. 0: the child and its group have been killed. */
static int time_left(const struct running *r)
{
	const struct child *c = r->c;
	int64_t left = c->limit_seconds ? r->started + (int64_t)c->limit_seconds * 1000 - clock_ms() : 60000;

	if (!c->limit_seconds && !c->goes_on)
		return -1;
	if (left <= 0 || (c->goes_on && !c->goes_on(c->arg, r->said))) {
		end_group(r);
		return 0;
	}
	int longest = c->goes_on ? 1000 : 60000;
	return left < longest ? (int)left : longest;
}

/* Passes output to the callback; false at the end, or if the callback wants no more. */
static bool pass_on(struct running *r, int fd)
{
	char chunk[16384];
	ssize_t n = read(fd, chunk, sizeof chunk);

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	r->said += (uint64_t)n;
	if (r->c->take(r->c->arg, chunk, (size_t)n))
		return true;
	end_group(r);
	return false;
}

static void judge(struct running *r, const char *errors)
{
	if (!r->c->is_hopeless || r->given_up || !errors || !r->c->is_hopeless(errors))
		return;
	r->given_up = true;
	kill(r->pid, SIGTERM);
}

static void converse(struct running *r, struct pipes *p, struct text *out, struct text *errors)
{
	const struct child *c = r->c;
	const char *at = c->input;
	size_t left = c->input_len, limit = c->output_limit ? c->output_limit : 1 << 20;

	while (p->out[0] >= 0 || p->errors[0] >= 0) {
		struct pollfd fds[] = { { p->out[0], POLLIN, 0 },
					{ p->errors[0], POLLIN, 0 },
					{ p->in[1], POLLOUT, 0 } };
		int wait = time_left(r), n = poll(fds, 3, wait);
		if ((n < 0 && errno != EINTR) || (n == 0 && wait == 0))
			break; /* a process that left the group may keep a pipe open for ever */
		if (c->heard && ((fds[0].revents | fds[1].revents) & POLLIN))
			c->heard();
		if (fds[0].revents &&
		    !(c->take ? pass_on(r, p->out[0]) : drain(p->out[0], out, limit, &r->said)))
			close_both(p->out);
		if (fds[1].revents && !drain(p->errors[0], errors, limit, &r->said))
			close_both(p->errors);
		if (fds[1].revents)
			judge(r, errors->bytes);
		if (fds[2].revents)
			feed(&p->in[1], &at, &left);
	}
}

/* The child may end long after its streams do: it can close them and go on. */
static void await_end(const struct running *r)
{
	AUTO_CLOSE int end = r->c->limit_seconds || r->c->goes_on ? pidfd_open(r->pid, 0) : -1;
	struct pollfd fds = { end, POLLIN, 0 };

	for (int wait; end >= 0 && (wait = time_left(r));)
		if (poll(&fds, 1, wait) > 0)
			break;
}

/* Its pid is recorded before any signal that ends us can arrive. */
static pid_t start(const struct child *c, struct pipes *p)
{
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	pid_t pid = fork();
	if (pid == 0)
		become(c, p);
	if (pid > 0 && leads(c))
		note_leader(0, pid);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static void keep_own_ends(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		int *mine = i ? &p->errors[1] : &p->out[1];
		if (*mine >= 0)
			close(*mine);
		*mine = -1;
	}
	if (p->in[0] >= 0) {
		close(p->in[0]);
		p->in[0] = -1;
		fcntl(p->in[1], F_SETFL, O_NONBLOCK);
	}
}

static struct err *reap(const struct running *r, int *ret_status)
{
	int status;

	while (waitpid(r->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for %s", r->c->argv[0]);
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return NULL;
}

struct err *child_run(const struct child *c, char **ret_output, char **ret_errors, int *ret_status)
{
	struct pipes p = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	AUTO_TEXT struct text out = { 0 }, errors = { 0 };

	if ((c->input && pipe2(p.in, O_CLOEXEC) < 0) || pipe2(p.out, O_CLOEXEC) < 0 ||
	    (ret_errors && pipe2(p.errors, O_CLOEXEC) < 0))
		return err_errno(errno, "pipe");
	struct running r = { .c = c, .pid = start(c, &p), .started = clock_ms() };
	if (r.pid < 0)
		return err_errno(errno, "fork");
	keep_own_ends(&p);
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	converse(&r, &p, &out, &errors);
	signal(SIGPIPE, old);
	close_both(p.in);
	close_both(p.out);
	close_both(p.errors);
	await_end(&r);
	struct err *e = reap(&r, ret_status);
	if (leads(c))
		note_leader(r.pid, 0);
	TRY(e);
	if (ret_output)
		*ret_output = text_take(&out);
	if (ret_errors)
		*ret_errors = text_take(&errors);
	return NULL;
}

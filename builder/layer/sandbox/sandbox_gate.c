/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox_descriptor.h"
#include "layer/sandbox/sandbox_visit.h"

#define CONNECTIONS_MAX 200

static _Noreturn void become(const char *const *hosts)
{
	struct {
		const char **items;
		size_t count, room;
	} argv = { 0 };

	VEC_PUSH(&argv, "mkbench");
	VEC_PUSH(&argv, "--gate");
	for (; hosts && *hosts; hosts++)
		VEC_PUSH(&argv, *hosts);
	VEC_PUSH(&argv, NULL);
	execv("/proc/self/exe", (char *const *)argv.items);
	_exit(127);
}

struct err *sandbox_gate_start(const char *const *hosts, int *ret_fd)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_errno(errno, "socketpair");
	pid_t pid = fork();
	if (pid < 0)
		return err_errno(errno, "fork");
	if (!pid) {
		int none = open("/dev/null", O_RDWR | O_CLOEXEC); /* the step's output ends with the step */
		if (none < 0 || dup2(none, 1) < 0 || dup2(none, 2) < 0 || dup2(ends[1], 0) < 0)
			_exit(127);
		become(hosts);
	}
	close(ends[1]);
	*ret_fd = ends[0];
	return NULL;
}

struct err *sandbox_gate_open(int fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(SANDBOX_GATE_PORT),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	AUTO_CLOSE int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 64) < 0)
		return err_errno(errno, "open the network's gate");
	return sandbox_descriptor_pass(fd, listener) ? err_errno(errno, "reach the network's gate") : NULL;
}

/* One process for each connection: one that hangs blocks no other, and its memory is freed with it. */
static void serve_one(int listener, int parent, const struct sandbox_login *logins, char *const *hosts)
{
	AUTO_CLOSE int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (client < 0)
		return;
	pid_t pid = fork();
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(listener);
	close(parent);
	sandbox_visit(client, logins, hosts);
	_exit(0);
}

int sandbox_gate_main(char **argv)
{
	struct sandbox_login logins;
	int listener = sandbox_descriptor_take(0), running = 0;

	signal(SIGPIPE, SIG_IGN);
	setsid(); /* Ctrl-C is handled by the build */
	if (listener < 0)
		return 0;
	sandbox_login_read(&logins);
	for (;;) {
		struct pollfd fds[] = { { 0, POLLIN, 0 },
					{ running < CONNECTIONS_MAX ? listener : -1, POLLIN, 0 } };
		if (poll(fds, 2, running ? 1000 : -1) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents) /* the sandbox has ended */
			return 0;
		if (fds[1].revents) {
			serve_one(listener, 0, &logins, argv + 2);
			running++;
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			running--;
	}
}

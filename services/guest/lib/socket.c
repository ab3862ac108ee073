/* SPDX-License-Identifier: MIT */
#include "lib/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

bool socket_wait(int fd, short events, int64_t until_ms)
{
	for (;;) {
		int64_t left = until_ms - clock_ms();
		struct pollfd p = { fd, events, 0 };
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n > 0 || (n < 0 && errno != EINTR))
			return n > 0;
		if (left <= 0)
			return false;
	}
}

static int start_connect(const char *path, unsigned port, int *fd)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct sockaddr_in loop = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };

	if (path && strlen(path) >= sizeof local.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	*fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return -1;
	if (!path)
		return connect(*fd, (struct sockaddr *)&loop, sizeof loop);
	snprintf(local.sun_path, sizeof local.sun_path, "%s", path);
	return connect(*fd, (struct sockaddr *)&local, sizeof local);
}

struct err *socket_connect(const char *path, unsigned port, unsigned limit_ms, int *ret_fd)
{
	AUTO_FREE char *name = path ? mem_dup(path) : mem_printf("127.0.0.1:%u", port);
	int64_t until = clock_ms() + limit_ms;
	AUTO_CLOSE int fd = -1;
	int code = 0;
	socklen_t size = sizeof code;

	if (start_connect(path, port, &fd) < 0 && errno != EINPROGRESS)
		return err_errno(errno, "connect to %s", name);
	if (!socket_wait(fd, POLLOUT, until))
		return err_errno(ETIMEDOUT, "connect to %s", name);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 || code)
		return err_errno(code, "connect to %s", name);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

bool socket_greets(const char *path, unsigned limit_ms)
{
	int fd = -1;
	struct err *e = socket_connect(path, 0, limit_ms, &fd);
	char first;
	bool greeted = !e && socket_wait(fd, POLLIN, clock_ms() + limit_ms) && read(fd, &first, 1) == 1;

	err_free(e);
	if (fd >= 0)
		close(fd);
	return greeted;
}

bool socket_has_ipv6(void)
{
	const struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	AUTO_CLOSE int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && !bind(fd, (const struct sockaddr *)&any, sizeof any);
}

bool socket_is_free(unsigned port)
{
	struct sockaddr_in loop = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	return fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) &&
	       !bind(fd, (struct sockaddr *)&loop, sizeof loop);
}

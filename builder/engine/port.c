/* SPDX-License-Identifier: MIT */
#include "engine/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file.h"

static struct sockaddr_in address_of(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

struct err *port_listen(unsigned port, int *ret_fd)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_in at = address_of(port);
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
		return err_errno(errno, "make a socket");
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, SOMAXCONN) < 0) {
		if (errno == EADDRINUSE)
			return err_new(ERR_USAGE, "port %u of 127.0.0.1 is taken: choose another with --port",
				       port);
		return err_errno(errno, "listen on port %u of 127.0.0.1", port);
	}
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

unsigned port_free(unsigned from, int *ret_fd)
{
	for (unsigned port = from; port < from + 100 && port < 65536; port++) {
		struct err *taken = port_listen(port, ret_fd);
		if (!taken)
			return port;
		err_free(taken);
	}
	return 0;
}

void port_drop(int *fd)
{
	file_closep(fd);
	*fd = -1;
}

bool port_open(unsigned port)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = address_of(port);

	return fd >= 0 && !connect(fd, (struct sockaddr *)&at, sizeof at);
}

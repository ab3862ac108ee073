/* SPDX-License-Identifier: MIT */
#include "start/ports.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/socket.h"
#include "t.h"

static unsigned port_of(int fd)
{
	struct sockaddr_in6 at;
	socklen_t size = sizeof at;

	getsockname(fd, (struct sockaddr *)&at, &size);
	return ntohs(at.sin6_port); /* at the same place in both families */
}

static int hold(uint32_t address)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(address) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, 1) ? -1 : fd;
}

static int hold_six(void)
{
	const struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	return bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, 1) ? -1 : fd;
}

static void refused(const struct bench *b, int fd)
{
	AUTO_FREE char *want = mem_printf(
		"port %u (Redis) is held by process %d (guest_ports): stop that, or give another port with "
		"redis: { cache: { port } } in the recipe",
		port_of(fd), getpid());
	b->ports.items[1].port = port_of(fd);
	struct err *e = ports_wait(b, false, 0);
	AUTO_FREE char *text = e ? err_text(e) : mem_dup("");

	is(text, want);
	err_free(e);
	close(fd);
	e = ports_wait(b, false, 20000);
	ok(!e);
	err_free(e);
}

int main(void)
{
	struct bench_port ports[] = { { 0, "nginx: { port }", "Nginx", false },
				      { 0, "redis: { cache: { port } }", "Redis", false } };
	struct bench b = { .ports = { ports, 2 } };
	int free_one = hold(INADDR_LOOPBACK);

	ports[0].port = port_of(free_one);
	close(free_one);
	refused(&b, hold(INADDR_LOOPBACK));
	refused(&b, hold(INADDR_ANY));
	ports[1].everywhere = true;
	refused(&b, hold(INADDR_LOOPBACK));
	if (socket_has_ipv6())
		refused(&b, hold_six());
	return t_done();
}

/* SPDX-License-Identifier: MIT */
#include "engine/port_forward.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define FLOW_BYTES ((size_t)32 << 10)
#define PAIRS_MAX 400 /* 800 descriptors: below the usual limit */

/* One direction of a connection. */
struct flow {
	int from, to;
	char *bytes;
	size_t at, len; /* read but not yet written: len bytes from bytes + at */
	bool ended;	/* no more data will come, and the other side was told */
};

struct pair {
	struct flow up, down;
	bool broken;
};

struct forward {
	int listener;
	unsigned port;
	struct {
		struct pair *items;
		size_t count, room;
	} pairs;
	struct pollfd *polled; /* wake, listener, then client and server of each pair */
};

struct forward *port_forward_new(int listener, unsigned port)
{
	struct forward *f = mem_new(sizeof *f);

	f->listener = listener;
	f->port = port;
	f->polled = mem_array(2 + 2 * PAIRS_MAX, sizeof *f->polled);
	return f;
}

static void close_pair(struct pair *p)
{
	close(p->up.from);
	close(p->up.to);
	free(p->up.bytes); /* NOLINT(clang-analyzer-unix.Malloc): it loses track of the array */
	free(p->down.bytes);
}

void port_forward_free(struct forward *f)
{
	for (size_t i = 0; i < f->pairs.count; i++)
		close_pair(&f->pairs.items[i]);
	free(f->pairs.items);
	free(f->polled);
	free(f);
}

/* Connects on loopback, which accepts or refuses at once. */
static int dial(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

static void accept_one(struct forward *f)
{
	int client = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;

	if (client < 0)
		return;
	int server = dial(f->port);
	if (server < 0) {
		close(client);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	VEC_PUSH(&f->pairs,
		 (struct pair){ .up = { .from = client, .to = server, .bytes = mem_new(FLOW_BYTES) },
				.down = { .from = server, .to = client, .bytes = mem_new(FLOW_BYTES) } });
}

static short wanted(const struct flow *reads, const struct flow *writes)
{
	return (short)((!reads->ended && !reads->len ? POLLIN : 0) | (writes->len ? POLLOUT : 0));
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Returns false if the connection is broken. */
static bool fill(struct flow *f)
{
	ssize_t n = recv(f->from, f->bytes, FLOW_BYTES, 0);

	if (n < 0)
		return again();
	f->at = 0;
	f->len = (size_t)n;
	if (n == 0) {
		f->ended = true;
		shutdown(f->to, SHUT_WR);
	}
	return true;
}

static bool drain(struct flow *f)
{
	ssize_t n = send(f->to, f->bytes + f->at, f->len, MSG_NOSIGNAL);

	if (n < 0)
		return again();
	f->at += (size_t)n;
	f->len -= (size_t)n;
	return true;
}

static bool move(struct flow *f, short from, short to)
{
	if (!f->len && !f->ended && from & (POLLIN | POLLHUP | POLLERR) && !fill(f))
		return false;
	return !f->len || !(to & (POLLOUT | POLLHUP | POLLERR) || from & POLLIN) || drain(f);
}

/* Whether a side that has finished sending is also gone. */
static bool is_over(const struct pair *p, short client, short server)
{
	const short gone = POLLHUP | POLLERR;

	return (p->up.ended && (p->down.ended || client & gone)) || (p->down.ended && server & gone);
}

static void serve_pairs(struct forward *f, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct pair *p = &f->pairs.items[i];
		short client = f->polled[2 + 2 * i].revents, server = f->polled[3 + 2 * i].revents;
		p->broken = !move(&p->up, client, server) || !move(&p->down, server, client) ||
			    is_over(p, client, server);
	}
	for (size_t i = f->pairs.count; i-- > 0;)
		if (f->pairs.items[i].broken) {
			close_pair(&f->pairs.items[i]);
			f->pairs.items[i] = f->pairs.items[--f->pairs.count];
		}
}

void port_forward_serve(struct forward *f, int wake)
{
	for (;;) {
		size_t count = f->pairs.count;
		f->polled[0] = (struct pollfd){ .fd = wake, .events = POLLIN };
		f->polled[1] =
			(struct pollfd){ .fd = count < PAIRS_MAX ? f->listener : -1, .events = POLLIN };
		for (size_t i = 0; i < count; i++) {
			struct pair *p = &f->pairs.items[i];
			f->polled[2 + 2 * i] =
				(struct pollfd){ .fd = p->up.from, .events = wanted(&p->up, &p->down) };
			f->polled[3 + 2 * i] =
				(struct pollfd){ .fd = p->up.to, .events = wanted(&p->down, &p->up) };
		}
		if (poll(f->polled, (nfds_t)(2 + 2 * count), -1) < 0)
			continue;
		if (f->polled[1].revents)
			accept_one(f);
		serve_pairs(f, count);
		if (f->polled[0].revents)
			return;
	}
}

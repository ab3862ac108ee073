/* SPDX-License-Identifier: MIT */
#include "start/standby.h"

#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/socket.h"
#include "lib/log.h"

#define GUESTS 256	 /* connections at once; further ones wait in the kernel */
#define HEAD_LIMIT 16384 /* bytes of a request */
#define LIMIT_MS 10000	 /* for a request; then for reading what still arrives after the answer */
#define LINGER_MS 1000
#define RETRY_AFTER "5"
#define RETRY_MS 5000
#define PAGE_LIMIT (1u << 20)

struct guest {
	int fd;
	int64_t until;
	bool answered;
	struct text head;
};

struct hall {
	int listener;
	struct guest guests[GUESTS];
	size_t count;
	char *page;
};

static void leave(struct hall *h, size_t i)
{
	close(h->guests[i].fd);
	text_done(&h->guests[i].head);
	h->guests[i] = h->guests[--h->count];
}

/* The answer fits into the socket's own buffer, so a slow reader delays nothing. */
static void answer(struct hall *h, struct guest *g)
{
	AUTO_TEXT struct text t = { 0 };
	bool bodiless = g->head.bytes && text_starts(g->head.bytes, "HEAD ");

	text_printf(&t,
		    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; "
		    "charset=utf-8\r\nContent-Length: %zu\r\n"
		    "Retry-After: " RETRY_AFTER "\r\nCache-Control: no-store\r\nX-Content-Type-Options: "
		    "nosniff\r\nConnection: close\r\n\r\n%s",
		    strlen(h->page), bodiless ? "" : h->page);
	if (send(g->fd, t.bytes, t.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		g->until = 0;
	shutdown(g->fd, SHUT_WR);
	g->answered = true;
	if (g->until)
		g->until = clock_ms() + LINGER_MS;
}

/* False when the visitor has left. What he sends after the answer is read and dropped: otherwise TCP would
 * reset the connection and lose the answer. */
static bool hear(struct hall *h, struct guest *g)
{
	char chunk[4096];
	ssize_t n = recv(g->fd, chunk, sizeof chunk, MSG_DONTWAIT);

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	if (g->answered)
		return true;
	text_add(&g->head, chunk, (size_t)n);
	if (g->head.len >= HEAD_LIMIT || strstr(g->head.bytes, "\r\n\r\n") || strstr(g->head.bytes, "\n\n"))
		answer(h, g);
	return true;
}

static void welcome(struct hall *h)
{
	int fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		h->guests[h->count++] = (struct guest){ .fd = fd, .until = clock_ms() + LIMIT_MS };
}

static _Noreturn void serve(struct hall *h)
{
	struct pollfd fds[GUESTS + 1] = { { .fd = h->listener } };

	for (;;) {
		bool full = h->count == GUESTS;
		fds[0].events = full ? 0 : POLLIN;
		for (size_t i = 0; i < GUESTS; i++) /* poll(2) ignores -1 */
			fds[i + 1] = (struct pollfd){ i < h->count ? h->guests[i].fd : -1, POLLIN, 0 };
		size_t looked = h->count;
		if (poll(fds, COUNT(fds), looked ? 500 : -1) < 0 && errno != EINTR)
			_exit(1);
		for (size_t i = looked; i-- > 0;) {
			struct guest *g = &h->guests[i];
			if ((fds[i + 1].revents && !hear(h, g)) || clock_ms() > g->until)
				leave(h, i);
		}
		if (fds[0].revents && !full)
			welcome(h);
	}
}

/* One socket for IPv4 and, where the kernel has it, IPv6. */
static struct err *listen_on(unsigned port, int *ret_fd)
{
	bool six = socket_has_ipv6();
	const struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	const struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	const void *address = six ? (const void *)&any6 : (const void *)&any4;
	AUTO_CLOSE int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int yes = 1, no = 0;

	if (fd < 0)
		return err_errno(errno, "a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (six)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
	if (bind(fd, address, six ? sizeof any6 : sizeof any4) < 0 || listen(fd, SOMAXCONN) < 0)
		return err_errno(errno, "port %u", port);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

/* Requests of strangers are read without any useful rights. */
static void drop_rights(const struct account *user)
{
	if (setgroups(0, NULL) < 0 || setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		_exit(1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

struct err *standby_start(struct standby *s, const struct bench *b)
{
	AUTO_FREE char *page = NULL;
	AUTO_CLOSE int fd = -1;
	size_t len;
	struct err *e = file_read(STANDBY_PAGE, PAGE_LIMIT, &page, &len);

	err_free(e);
	TRY(listen_on(b->http_port, &fd));
	pid_t pid = fork();
	if (pid < 0)
		return err_errno(errno, "fork");
	if (!pid) {
		struct hall *h = mem_new(sizeof *h);
		h->listener = fd;
		h->page = e ? mem_dup("One moment, please: this site is about to be served.\n") : page;
		drop_rights(&b->user);
		serve(h);
	}
	s->pid = pid;
	return NULL;
}

char *standby_look(struct standby *s, const struct bench *b)
{
	static const char alone[] = "another instance uses the volume";

	if (s->pid)
		return mem_dup(alone);
	struct err *e = clock_ms() < s->retry_at ? NULL : standby_start(s, b);
	if (e)
		s->retry_at = clock_ms() + RETRY_MS;
	AUTO_FREE char *why = e ? err_text(e) : NULL;
	err_free(e);
	if (why) {
		free(s->refused);
		s->refused = mem_printf("%s, and no wait page can be served: %s", alone, why);
	}
	return mem_dup(s->pid || !s->refused ? alone : s->refused);
}

void standby_end(struct standby *s)
{
	if (s->pid) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	free(s->refused);
	*s = (struct standby){ 0 };
}

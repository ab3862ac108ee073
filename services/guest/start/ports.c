/* SPDX-License-Identifier: MIT */
#include "start/ports.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/socket.h"
#include "lib/log.h"
#include "lib/sysfile.h"

#define TURN_MS 200
#define LISTENS 0x0a

/* 0, or the errno with which listening there fails. As with our programs, connections that are being closed
 * do not matter. */
static int try_port(const struct bench_port *p, int family)
{
	const struct sockaddr_in four = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)p->port),
		.sin_addr = { htonl(p->everywhere ? INADDR_ANY : INADDR_LOOPBACK) },
	};
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)p->port) };
	AUTO_CLOSE int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0)
		return 0;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	const struct sockaddr *at =
		family == AF_INET ? (const struct sockaddr *)&four : (const struct sockaddr *)&six;
	return bind(fd, at, family == AF_INET ? sizeof four : sizeof six) < 0 || listen(fd, 1) < 0 ? errno :
												     0;
}

/* The inode of the socket that listens on a port, from the kernel's table; 0 when there is none. */
static unsigned long socket_of(const char *table, unsigned wanted, unsigned *ret_uid)
{
	AUTO_FREE char *text = sysfile_read(table, NULL);
	unsigned long inode;
	unsigned port, state;

	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (sscanf(line,
			   " %*d: %*32[0-9A-F]:%4x %*32[0-9A-F]:%*4x %2x %*x:%*x %*x:%*x %*x %u %*d %lu",
			   &port, &state, ret_uid, &inode) == 4 &&
		    state == LISTENS && port == wanted)
			return inode;
	return 0;
}

static bool holds(const char *pid, const char *wanted)
{
	AUTO_FREE char *folder = mem_printf("/proc/%s/fd", pid);
	DIR *dir = opendir(folder);
	bool found = false;
	char to[64];

	for (struct dirent *d; dir && !found && (d = readdir(dir));) {
		ssize_t n = readlinkat(dirfd(dir), d->d_name, to, sizeof to - 1);
		found = n > 0 && (size_t)n == strlen(wanted) && !memcmp(to, wanted, (size_t)n);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The holder of the port, in words; the caller frees it. */
static char *holder(unsigned port)
{
	unsigned uid = 0;
	unsigned long inode = socket_of("/proc/net/tcp", port, &uid);

	inode = inode ? inode : socket_of("/proc/net/tcp6", port, &uid);
	AUTO_FREE char *wanted = mem_printf("socket:[%lu]", inode);
	DIR *dir = inode ? opendir("/proc") : NULL;
	char *who = NULL;
	for (struct dirent *d; dir && !who && (d = readdir(dir));) {
		if (d->d_name[0] < '1' || d->d_name[0] > '9' || !holds(d->d_name, wanted))
			continue;
		AUTO_FREE char *path = mem_printf("/proc/%s/comm", d->d_name),
			       *name = sysfile_read(path, NULL);
		name[strcspn(name, "\n")] = '\0';
		who = mem_printf("process %s (%s)", d->d_name, name);
	}
	if (dir)
		closedir(dir);
	return who   ? who :
	       inode ? mem_printf("a program of user %u outside of this container", uid) :
		       mem_dup("another program");
}

static struct err *check(const struct bench_port *p)
{
	int code = try_port(p, AF_INET);

	if (!code && p->everywhere && socket_has_ipv6())
		code = try_port(p, AF_INET6);
	if (!code)
		return NULL;
	if (code != EADDRINUSE)
		return err_errno(code, "port %u cannot be opened: give another with %s in the recipe",
				 p->port, p->key);
	AUTO_FREE char *who = holder(p->port);
	return err_new(ERR_SYSTEM,
		       "port %u (%s) is held by %s: stop that, or give another port with %s in the recipe",
		       p->port, p->whose, who, p->key);
}

static struct err *check_all(const struct bench *b, bool door_is_ours)
{
	for (size_t i = 0; i < b->ports.count; i++)
		if (!door_is_ours || b->ports.items[i].port != b->http_port)
			TRY(check(&b->ports.items[i]));
	return NULL;
}

struct err *ports_wait(const struct bench *b, bool door_is_ours, unsigned limit_ms)
{
	int64_t until = clock_ms() + limit_ms;

	for (bool told = false;;) {
		struct err *e = check_all(b, door_is_ours);
		if (!e || clock_ms() > until)
			return e;
		if (!told)
			log_err(e, "waiting");
		else
			err_free(e);
		told = true;
		clock_sleep(TURN_MS);
	}
}

/* SPDX-License-Identifier: MIT */
#include "lib/http_client.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/socket.h"

#define ANSWER_LIMIT (4u << 20)

static struct err *send_all(int fd, const char *bytes, size_t len, int64_t until)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return err_errno(errno, "send");
		if (n < 0 && !socket_wait(fd, POLLOUT, until))
			return err_errno(ETIMEDOUT, "send");
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return NULL;
}

/* Whether the head and as much body as it announces have arrived: some servers keep the connection open. */
static bool is_whole(const struct text *t)
{
	const char *end = t->bytes ? strstr(t->bytes, "\r\n\r\n") : NULL;
	const char *announced = end ? strcasestr(t->bytes, "\r\ncontent-length:") : NULL;

	return announced && announced < end &&
	       t->len >= (size_t)(end + 4 - t->bytes) + strtoul(announced + 17, NULL, 10);
}

static struct err *receive(int fd, struct text *t, int64_t until)
{
	char chunk[16384];

	while (!is_whole(t)) {
		ssize_t n = recv(fd, chunk, sizeof chunk, 0);
		if (n == 0)
			return NULL;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return err_errno(errno, "receive");
		if (n < 0 && !socket_wait(fd, POLLIN, until))
			return err_errno(ETIMEDOUT, "no answer");
		if (n > 0)
			text_add(t, chunk, (size_t)n);
		if (t->len > ANSWER_LIMIT)
			return err_new(ERR_SYSTEM, "the answer is too long");
	}
	return NULL;
}

struct err *http_client_hear(int fd, int64_t until, int *ret_status, char **ret_body)
{
	AUTO_TEXT struct text in = { 0 };

	TRY(receive(fd, &in, until));
	if (!in.bytes || sscanf(in.bytes, "HTTP/%*1[01].%*1[0-9] %3d", ret_status) != 1 || *ret_status < 100)
		return err_new(ERR_SYSTEM, "the answer is not HTTP");
	const char *body = strstr(in.bytes, "\r\n\r\n");
	if (ret_body)
		*ret_body = mem_dup(body ? body + 4 : "");
	return NULL;
}

struct err *http_client_ask(const struct http_client_question *q, int *ret_status, char **ret_body)
{
	int64_t until = clock_ms() + q->limit_ms;
	AUTO_CLOSE int fd = -1;
	AUTO_TEXT struct text out = { 0 };
	const char *host = q->host ? q->host : "localhost";

	TRY(socket_connect(q->socket, q->port, q->limit_ms, &fd));
	text_printf(&out, "%s %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: mkbench\r\nConnection: close\r\n",
		    q->body ? "POST" : "GET", q->path, host);
	if (q->body)
		text_printf(&out, "Content-Type: text/xml\r\nContent-Length: %zu\r\n", strlen(q->body));
	text_printf(&out, "\r\n%s", q->body ? q->body : "");
	TRY_AS(send_all(fd, out.bytes, out.len, until), "%s%s", host, q->path);
	TRY_AS(http_client_hear(fd, until, ret_status, ret_body), "%s%s", host, q->path);
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "engine/qmp.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define MONITOR_MS 10000
#define LINE_LIMIT (8u << 20) /* the agent's two MiB at most (services/guest/tools/agent.c), as JSON */

struct line {
	int fd;
	struct text rest; /* received but not yet consumed */
	int64_t until;
};

static struct err *dial(const char *path, int milliseconds, struct line *ret)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof a.sun_path)
		return err_new(ERR_SYSTEM, "%s: a socket's path cannot be that long: set XDG_DATA_HOME",
			       path);
	memcpy(a.sun_path, path, strlen(path));
	*ret = (struct line){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
			      .until = clock_ms() + milliseconds };
	if (ret->fd < 0 || connect(ret->fd, (struct sockaddr *)&a, sizeof a) < 0)
		return err_errno(errno, "connect to %s", path);
	return NULL;
}

static void hang_up(struct line *l)
{
	file_closep(&l->fd);
	text_done(&l->rest);
}

/* The next line as JSON; NULL in ret if it is not JSON. */
static struct err *hear(struct line *l, json_t **ret)
{
	char bytes[4096], *end;

	while (!l->rest.bytes || !(end = memchr(l->rest.bytes, '\n', l->rest.len))) {
		struct pollfd p = { l->fd, POLLIN, 0 };
		int64_t left = l->until - clock_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return err_errno(ETIMEDOUT, "the virtual machine does not answer");
		ssize_t n = read(l->fd, bytes, sizeof bytes);
		if (n <= 0)
			return err_errno(n ? errno : EPIPE, "the virtual machine has hung up");
		text_add(&l->rest, bytes, (size_t)n);
		if (l->rest.len > LINE_LIMIT)
			return err_new(ERR_SYSTEM, "the virtual machine's answer has no end");
	}
	size_t len = (size_t)(end - l->rest.bytes);
	struct text rest = { 0 };
	*ret = json_loadb(l->rest.bytes, len, 0, NULL);
	text_add(&rest, end + 1, l->rest.len - len - 1);
	text_done(&l->rest);
	l->rest = rest;
	return NULL;
}

static struct err *tell(struct line *l, json_t *question)
{
	AUTO_FREE char *text = json_dumps(question, JSON_COMPACT);
	AUTO_FREE char *line = mem_printf("%s\n", text ? text : "");

	json_decref(question);
	return file_write_all(l->fd, line, strlen(line), "ask the virtual machine");
}

/* Waits for an answer that has key; QEMU's other messages are skipped. */
static struct err *hear_key(struct line *l, const char *key, json_t **ret)
{
	for (;;) {
		json_t *heard = NULL;
		TRY(hear(l, &heard));
		if (json_object_get(heard, key)) {
			*ret = heard;
			return NULL;
		}
		json_t *failed = json_object_get(heard, "error");
		struct err *e = failed ? err_new(ERR_SYSTEM, "qemu: %s",
						 json_string_value(json_object_get(failed, "desc"))) :
					 NULL;
		json_decref(heard);
		TRY(e);
	}
}

/* Takes ownership of `question`; ret receives the returned value, the caller's to release. */
static struct err *request(struct line *l, json_t *question, json_t **ret)
{
	json_t *heard = NULL;

	TRY(tell(l, question));
	TRY(hear_key(l, "return", &heard));
	*ret = json_incref(json_object_get(heard, "return"));
	json_decref(heard);
	return NULL;
}

static struct err *greet(struct line *l)
{
	json_t *heard = NULL;

	TRY(hear_key(l, "QMP", &heard));
	json_decref(heard);
	TRY(request(l, json_pack("{s:s}", "execute", "qmp_capabilities"), &heard));
	json_decref(heard);
	return NULL;
}

struct err *qmp_execute(const char *socket_path, const char *command, json_t *arguments, json_t **ret)
{
	struct line l = { .fd = -1 };
	json_t *question = json_pack("{s:s, s:o*}", "execute", command, "arguments", arguments),
	       *returned = NULL;
	struct err *e = dial(socket_path, MONITOR_MS, &l);

	if (!e)
		e = greet(&l);
	if (!e)
		e = request(&l, json_incref(question), &returned);
	json_decref(question);
	if (ret)
		*ret = returned;
	else
		json_decref(returned);
	hang_up(&l);
	return e;
}

/* An answer for an earlier caller that left may still arrive: the id tells it from ours. */
static struct err *converse(struct line *l, const char *const *argv, char **ret_output, int *ret_status)
{
	json_t *words = json_array(), *heard = NULL;
	uint64_t number = 0;
	bool ours = false;

	if (getrandom(&number, sizeof number, 0) != sizeof number)
		return err_errno(errno, "draw a number");
	AUTO_FREE char *id = mem_printf("%016jx", (uintmax_t)number);
	for (; *argv; argv++)
		json_array_append_new(words, json_string(*argv));
	TRY(tell(l, json_pack("{s:s, s:o}", "id", id, "argv", words)));
	while (!ours) {
		TRY(hear_key(l, "id", &heard));
		const char *whose = json_string_value(json_object_get(heard, "id"));
		const char *output = json_string_value(json_object_get(heard, "output"));
		ours = whose && !strcmp(whose, id);
		*ret_status = (int)json_integer_value(json_object_get(heard, "status"));
		*ret_output = ours ? mem_dup(output ? output : "") : NULL;
		json_decref(heard);
	}
	return NULL;
}

struct err *qmp_agent(const char *socket_path, const char *const *argv, int milliseconds, char **ret_output,
		      int *ret_status)
{
	struct line l = { .fd = -1 };
	struct err *e = dial(socket_path, milliseconds, &l);

	*ret_output = NULL;
	if (!e)
		e = converse(&l, argv, ret_output, ret_status);
	hang_up(&l);
	return e;
}

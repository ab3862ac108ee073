/* SPDX-License-Identifier: MIT */
#include "lib/redis.h"

#include <fcntl.h>
#include <hiredis.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/socket.h"

static struct err *open_instance(const struct bench_redis *r, unsigned limit_ms, redisContext **ret)
{
	struct timeval limit = { .tv_sec = limit_ms / 1000,
				 .tv_usec = (suseconds_t)(limit_ms % 1000) * 1000 };
	int fd;

	TRY_AS(socket_connect(r->socket, r->port, limit_ms, &fd), "%s", r->name);
	fcntl(fd, F_SETFL, 0); /* hiredis then blocks, up to the limit */
	*ret = redisConnectFd(fd);
	if (!*ret)
		mem_exhausted();
	return redisSetTimeout(*ret, limit) == REDIS_OK ?
		       NULL :
		       err_new(ERR_SYSTEM, "%s: %s", r->name, (*ret)->errstr);
}

static struct err *ask(const struct bench_redis *r, redisContext *c, const char *command)
{
	redisReply *reply = redisCommand(c, command);
	struct err *e = NULL;

	if (!reply)
		e = err_new(ERR_SYSTEM, "%s: %s: %s", r->name, command, c->errstr);
	else if (reply->type == REDIS_REPLY_ERROR)
		e = err_new(ERR_SYSTEM, "%s: %s: %s", r->name, command, reply->str);
	freeReplyObject(reply);
	return e;
}

static struct err *ask_all(const struct bench_redis *r, unsigned limit_ms, const char *const *commands)
{
	redisContext *c = NULL;
	struct err *e = open_instance(r, limit_ms, &c);

	while (!e && *commands)
		e = ask(r, c, *commands++);
	redisFree(c);
	return e;
}

struct err *redis_probe(const struct bench_redis *r, unsigned limit_ms)
{
	static const char *const ping[] = { "PING", NULL };
	static const char *const write[] = { "PING", "SET mkbench:probe 1 EX 60", "DEL mkbench:probe", NULL };

	return ask_all(r, limit_ms, strcmp(r->role, "queue") ? ping : write);
}

/* A reply that is not UTF-8 becomes null. */
static json_t *reply_json(const redisReply *reply)
{
	json_t *value = NULL;

	if (reply->type == REDIS_REPLY_INTEGER)
		value = json_integer(reply->integer);
	else if (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS)
		value = json_stringn(reply->str, reply->len);
	else if (reply->type == REDIS_REPLY_ARRAY)
		value = json_array();
	for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
		json_array_append_new(value, reply_json(reply->element[i]));
	return value ? value : json_null();
}

struct err *redis_query(const struct bench_redis *r, unsigned limit_ms, json_t **ret, const char *fmt, ...)
{
	redisContext *c = NULL;
	redisReply *reply = NULL;
	struct err *e = open_instance(r, limit_ms, &c);

	if (!e) {
		va_list ap;
		va_start(ap, fmt);
		reply = redisvCommand(c, fmt, ap);
		va_end(ap);
		if (!reply)
			e = err_new(ERR_SYSTEM, "%s: %s", r->name, c->errstr);
		else if (reply->type == REDIS_REPLY_ERROR)
			e = err_new(ERR_SYSTEM, "%s: %s", r->name, reply->str);
		else
			*ret = reply_json(reply);
	}
	freeReplyObject(reply);
	redisFree(c);
	return e;
}

struct err *redis_flush(const struct bench_redis *r)
{
	static const char *const flush[] = { "FLUSHALL", NULL };

	return ask_all(r, 5000, flush);
}

bool redis_is_cache(const struct bench_redis *r)
{
	return !strcmp(r->role, "cache");
}

const struct bench_redis *redis_queue(const struct bench *b)
{
	const char *url = json_string_value(json_object_get(b->common_site_config, "redis_queue"));

	for (size_t i = 0; i < b->redis.count; i++) {
		AUTO_FREE char *end = mem_printf(":%u", b->redis.items[i].port);
		if (url ? strstr(url, end) != NULL : !strcmp(b->redis.items[i].role, "queue"))
			return &b->redis.items[i];
	}
	return NULL;
}

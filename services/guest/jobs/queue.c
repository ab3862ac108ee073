/* SPDX-License-Identifier: MIT */
#include "jobs/queue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "lib/redis.h"

#define LIMIT_MS 10000
#define RENEWED_SECONDS 90
#define SUSPENDED "mkbench" /* the value of RQ's key, by which we recognise our own suspension */

/* ARGV: SCAN's cursor. Returns { next cursor, jobs, and with the first call: workers, waiting, failed,
 * enqueued_at of the queues' first and last jobs }. A job is { id, queue, member or "", worker, score,
 * enqueued_at }. A queue of more than 200000 jobs is not searched: every job of it counts as queued. */
static const char look_script[] =
	"local places = {}\n"
	"local function place(q)\n"
	"  if places[q] then return places[q] end\n"
	"  local p = { ids = {}, all = redis.call('LLEN', 'rq:queue:' .. q) > 200000 }\n"
	"  places[q] = p\n"
	"  if p.all then return p end\n"
	"  for _, id in ipairs(redis.call('LRANGE', 'rq:queue:' .. q, 0, -1)) do p.ids[id] = true end\n"
	"  for _, m in ipairs(redis.call('ZRANGE', 'rq:wip:' .. q, 0, -1)) do\n"
	"    p.ids[m] = true\n"
	"    local id = string.match(m, '^(.*):[^:]*$')\n"
	"    if id then p.ids[id] = true end\n"
	"  end\n"
	"  return p\n"
	"end\n"
	"local function registered(q, id)\n"
	"  for _, name in ipairs({ 'finished', 'failed', 'deferred', 'scheduled', 'canceled' }) do\n"
	"    if redis.call('ZSCORE', 'rq:' .. name .. ':' .. q, id) then return true end\n"
	"  end\n"
	"  return false\n"
	"end\n"
	"local function get(key, field) return redis.call('HGET', key, field) or '' end\n"
	"local found = redis.call('SCAN', ARGV[1], 'MATCH', 'rq:job:*', 'COUNT', 1000)\n"
	"local jobs, workers, heads, waiting, failed = {}, {}, {}, 0, 0\n"
	"for _, key in ipairs(found[2]) do\n"
	"  if redis.call('TYPE', key).ok == 'hash' then\n"
	"    local h, id = redis.call('HMGET', key, 'status', 'origin', 'enqueued_at'), string.sub(key, 8)\n"
	"    if (h[1] == 'queued' or h[1] == 'started') and h[2] then\n"
	"      local p = place(h[2])\n"
	"      if not p.all and not p.ids[id] and not registered(h[2], id) then\n"
	"        table.insert(jobs, { id, h[2], '', get(key, 'worker_name'), '0', h[3] or '' })\n"
	"      end\n"
	"    end\n"
	"  end\n"
	"end\n"
	"if ARGV[1] == '0' then\n"
	"  for _, key in ipairs(redis.call('SMEMBERS', 'rq:queues')) do\n"
	"    local q = string.sub(key, 10)\n"
	"    waiting = waiting + redis.call('LLEN', key)\n"
	"    failed = failed + redis.call('ZCARD', 'rq:failed:' .. q)\n"
	"    for _, at in ipairs({ 0, -1 }) do\n"
	"      local head = redis.call('LINDEX', key, at)\n"
	"      if head then table.insert(heads, get('rq:job:' .. head, 'enqueued_at')) end\n"
	"    end\n"
	"    local run = redis.call('ZRANGE', 'rq:wip:' .. q, 0, -1, 'WITHSCORES')\n"
	"    for i = 1, #run, 2 do\n"
	"      local id = run[i]\n"
	"      if redis.call('EXISTS', 'rq:job:' .. id) == 0 then id = string.match(id, '^(.*):[^:]*$') or "
	"id end\n"
	"      local job = 'rq:job:' .. id\n"
	"      if redis.call('EXISTS', job) == 1 then\n"
	"        table.insert(jobs, { id, q, run[i], get(job, 'worker_name'), run[i + 1], get(job, "
	"'enqueued_at') })\n"
	"      end\n"
	"    end\n"
	"  end\n"
	"  for _, key in ipairs(redis.call('SMEMBERS', 'rq:workers')) do\n"
	"    table.insert(workers, { string.sub(key, 11), get(key, 'current_job'), get(key, 'birth'), "
	"get(key, 'pid') })\n"
	"  end\n"
	"end\n"
	"return { found[1], jobs, workers, waiting, failed, heads }\n";

/* ARGV: id, queue, member or "", how many deaths at most, now (RQ's form), seconds since 1970. Returns 0:
 * the job has moved; 1: requeued; 2: given up. */
static const char requeue_script[] =
	"local id, q, member = ARGV[1], ARGV[2], ARGV[3]\n"
	"local job, list = 'rq:job:' .. id, 'rq:queue:' .. q\n"
	"local status = redis.call('HGET', job, 'status')\n"
	"if status ~= 'queued' and status ~= 'started' then return 0 end\n"
	"if member ~= '' then\n"
	"  if redis.call('ZREM', 'rq:wip:' .. q, member) == 0 then return 0 end\n"
	"  redis.call('DEL', 'rq:execution:' .. member)\n"
	"  if member ~= id then redis.call('ZREM', 'rq:executions:' .. id, string.sub(member, #id + 2)) end\n"
	"else\n"
	"  for _, m in ipairs(redis.call('ZRANGE', 'rq:wip:' .. q, 0, -1)) do\n"
	"    if m == id or string.match(m, '^(.*):[^:]*$') == id then return 0 end\n"
	"  end\n"
	"  for _, name in ipairs({ 'finished', 'failed', 'deferred', 'scheduled', 'canceled' }) do\n"
	"    if redis.call('ZSCORE', 'rq:' .. name .. ':' .. q, id) then return 0 end\n"
	"  end\n"
	"end\n"
	"for _, one in ipairs(redis.call('LRANGE', list, 0, -1)) do if one == id then return 0 end end\n"
	"redis.call('LREM', list .. ':intermediate', 0, id)\n"
	"if member ~= '' and redis.call('HINCRBY', job, 'mkbench_deaths', 1) > tonumber(ARGV[4]) then\n"
	"  redis.call('HSET', job, 'status', 'failed', 'ended_at', ARGV[5], 'worker_name', '',\n"
	"    'exc_info', 'its worker died over it ' .. (ARGV[4] + 1) .. ' times')\n"
	"  redis.call('ZADD', 'rq:failed:' .. q, ARGV[6] + 31536000, id)\n"
	"  return 2\n"
	"end\n"
	"redis.call('HSET', job, 'status', 'queued', 'worker_name', '', 'started_at', '', 'ended_at', '')\n"
	"redis.call('SADD', 'rq:queues', list)\n"
	"redis.call('LPUSH', list, id)\n"
	"return 1\n";

/* ARGV: from, to, in RQ's form. RQ's own retries are used up: each job gets one more. */
static const char revive_script[] =
	"local n = 0\n"
	"for _, key in ipairs(redis.call('SMEMBERS', 'rq:queues')) do\n"
	"  local q = string.sub(key, 10)\n"
	"  for _, id in ipairs(redis.call('ZRANGE', 'rq:failed:' .. q, 0, -1)) do\n"
	"    local job = 'rq:job:' .. id\n"
	"    local h = redis.call('HMGET', job, 'retries_left', 'ended_at', 'status')\n"
	"    if h[1] and h[2] and h[3] == 'failed' and h[2] >= ARGV[1] and h[2] <= ARGV[2] then\n"
	"      redis.call('ZREM', 'rq:failed:' .. q, id)\n"
	"      redis.call('HSET', job, 'status', 'queued', 'worker_name', '', 'started_at', '', 'ended_at', "
	"'', 'exc_info', '')\n"
	"      redis.call('PERSIST', job)\n"
	"      redis.call('RPUSH', key, id)\n"
	"      n = n + 1\n"
	"    end\n"
	"  end\n"
	"end\n"
	"return n\n";

/* RQ writes times as 2026-11-29T08:00:00.123456Z, always in UTC. */
static int64_t seconds_of(const char *text)
{
	struct tm tm = { 0 };

	return strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) ? (int64_t)timegm(&tm) : 0;
}

static char *time_of(int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm;
	char text[40] = "";

	if (gmtime_r(&at, &tm))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000000Z", &tm);
	return mem_dup(text);
}

static const char *text_at(const json_t *row, size_t i)
{
	const char *text = json_string_value(json_array_get(row, i));

	return text ? text : "";
}

static void take_jobs(struct queue_view *v, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (!*text_at(row, 0) || !json_is_string(json_array_get(row, 1)))
			continue; /* a worker's name that is no text is not RQ's */
		struct queue_job j = {
			.id = mem_dup(text_at(row, 0)),
			.queue = mem_dup(text_at(row, 1)),
			.worker = mem_dup(text_at(row, 3)),
			.member = *text_at(row, 2) ? mem_dup(text_at(row, 2)) : NULL,
			.until = strtod(text_at(row, 4), NULL),
			.since = seconds_of(text_at(row, 5)),
		};
		VEC_PUSH(v, j);
	}
}

static void take_workers(struct queue_view *v, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		struct queue_worker w = {
			.name = mem_dup(text_at(row, 0)),
			.job = mem_dup(text_at(row, 1)),
			.born = mem_dup(text_at(row, 2)),
			.pid = (pid_t)strtol(text_at(row, 3), NULL, 10),
		};
		VEC_PUSH(&v->workers, w);
	}
}

static void take_heads(struct queue_view *v, const json_t *heads)
{
	for (size_t i = 0; i < json_array_size(heads); i++) {
		int64_t since = seconds_of(text_at(heads, i));
		if (since && (!v->oldest || since < v->oldest))
			v->oldest = since;
	}
}

struct err *queue_look(const struct bench_redis *r, struct queue_view *ret)
{
	AUTO_FREE char *cursor = mem_dup("0");
	bool first = true;

	do {
		json_t *reply = NULL;
		TRY(redis_query(r, LIMIT_MS, &reply, "EVAL %s 0 %s", look_script, cursor));
		free(cursor);
		cursor = mem_dup(json_array_size(reply) == 6 ? text_at(reply, 0) : "0");
		take_jobs(ret, json_array_get(reply, 1));
		if (first) {
			take_workers(ret, json_array_get(reply, 2));
			ret->waiting = json_integer_value(json_array_get(reply, 3));
			ret->failed = json_integer_value(json_array_get(reply, 4));
			take_heads(ret, json_array_get(reply, 5));
		}
		first = false;
		json_decref(reply);
	} while (strcmp(cursor, "0"));
	return NULL;
}

size_t queue_lost(const struct queue_view *v, int64_t now)
{
	size_t lost = 0;

	for (size_t i = 0; i < v->count; i++)
		lost += !v->items[i].member && now - v->items[i].since > QUEUE_LOST_SECONDS;
	return lost;
}

void queue_view_done(struct queue_view *v)
{
	for (size_t i = 0; i < v->count; i++) {
		free(v->items[i].id);
		free(v->items[i].member);
		free(v->items[i].queue);
		free(v->items[i].worker);
	}
	for (size_t i = 0; i < v->workers.count; i++) {
		free(v->workers.items[i].name);
		free(v->workers.items[i].job);
		free(v->workers.items[i].born);
	}
	free(v->items);
	free(v->workers.items);
	*v = (struct queue_view){ 0 };
}

struct err *queue_requeue(const struct bench_redis *r, const struct queue_job *j, enum queue_result *ret)
{
	int64_t now = (int64_t)time(NULL);
	AUTO_FREE char *text = time_of(now), *seconds = mem_printf("%lld", (long long)now),
		       *tries = mem_printf("%d", QUEUE_TRIES);
	json_t *reply = NULL;

	TRY(redis_query(r, LIMIT_MS, &reply, "EVAL %s 0 %s %s %s %s %s %s", requeue_script, j->id, j->queue,
			j->member ? j->member : "", tries, text, seconds));
	json_int_t n = json_integer_value(reply);
	*ret = n == 1 ? QUEUE_REQUEUED : n == 2 ? QUEUE_GIVEN_UP : QUEUE_MOVED;
	json_decref(reply);
	return NULL;
}

struct err *queue_renew(const struct bench_redis *r, const struct queue_job *j)
{
	AUTO_FREE char *key = mem_printf("rq:wip:%s", j->queue);
	json_t *reply = NULL;

	if (j->member)
		TRY(redis_query(r, LIMIT_MS, &reply, "ZADD %s XX %lld %s", key,
				(long long)time(NULL) + RENEWED_SECONDS, j->member));
	json_decref(reply);
	return NULL;
}

struct err *queue_revive(const struct bench_redis *r, int64_t from, int64_t to, int64_t *ret)
{
	AUTO_FREE char *first = time_of(from), *last = time_of(to);
	json_t *reply = NULL;

	TRY(redis_query(r, LIMIT_MS, &reply, "EVAL %s 0 %s %s", revive_script, first, last));
	*ret = json_integer_value(reply);
	json_decref(reply);
	return NULL;
}

struct err *queue_suspend(const struct bench_redis *r, unsigned seconds)
{
	static const char script[] = "local now = redis.call('GET', 'rq:suspended')\n"
				     "if not now or now == ARGV[1] then redis.call('SET', 'rq:suspended', "
				     "ARGV[1], 'EX', ARGV[2]) end\n";
	json_t *reply = NULL;

	TRY(redis_query(r, LIMIT_MS, &reply, "EVAL %s 0 %s %u", script, SUSPENDED, seconds));
	json_decref(reply);
	return NULL;
}

struct err *queue_resume(const struct bench_redis *r)
{
	static const char script[] = "if redis.call('GET', 'rq:suspended') == ARGV[1] then redis.call('DEL', "
				     "'rq:suspended') end\n";
	json_t *reply = NULL;

	TRY(redis_query(r, LIMIT_MS, &reply, "EVAL %s 0 %s", script, SUSPENDED));
	json_decref(reply);
	return NULL;
}

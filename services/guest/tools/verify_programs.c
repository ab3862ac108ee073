/* SPDX-License-Identifier: MIT */
#include "tools/verify_programs.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "jobs/queue.h"
#include "lib/redis.h"
#include "lib/supervisor.h"
#include "lib/sysfile.h"
#include "start/units.h"

#define LIMIT_MS 5000

static char *read_proc(pid_t pid, const char *name, size_t *ret_len)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/%s", (int)pid, name);

	return sysfile_read(path, ret_len);
}

static struct err *check_process(const struct process *p)
{
	if (!p->program)
		return err_new(ERR_SYSTEM, "bench.json does not know it");
	if (strcmp(p->state, "RUNNING"))
		return err_new(ERR_SYSTEM, "it is %s%s%s", p->state, *p->problem ? ": " : "", p->problem);
	AUTO_FREE char *stat = read_proc(p->pid, "stat", NULL);
	const char *state = strrchr(stat, ')');
	if (p->pid <= 0 || !state || state[1] != ' ' || state[2] == 'Z')
		return err_new(ERR_SYSTEM, "its process %d is gone", (int)p->pid);
	return NULL;
}

static bool is_there(const struct process_list *list, const struct bench_program *program)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].program == program)
			return true;
	return false;
}

void verify_programs_processes(struct ctl_verify *v)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	struct err *e = supervisor_list(v->bench, &list);

	if (e) {
		ctl_verify_row(v, "supervisord", e, " ");
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		ctl_verify_row(v, p->name, check_process(p), "pid %d for %ld s", (int)p->pid,
			       p->now - p->start);
	}
	for (size_t i = 0; i < v->bench->programs.count; i++)
		if (!is_there(&list, &v->bench->programs.items[i]))
			ctl_verify_row(v, v->bench->programs.items[i].name,
				       err_new(ERR_SYSTEM, "Supervisor does not know it"), " ");
}

/* A worker's registration: what RQ keeps in the hash rq:worker:NAME. Returns its queues, which the caller
 * frees, or NULL. */
static struct err *find_registration(const struct bench_redis *r, pid_t pid, char **ret_queues)
{
	AUTO_FREE char *own = mem_printf("%d", (int)pid);
	char host[256] = "";
	json_t *keys = NULL, *key;
	size_t i;

	gethostname(host, sizeof host - 1);
	TRY(redis_query(r, LIMIT_MS, &keys, "SMEMBERS %s", "rq:workers"));
	struct err *e = NULL;
	json_array_foreach(keys, i, key)
	{
		json_t *row = NULL;
		e = json_is_string(key) ? redis_query(r, LIMIT_MS, &row, "HMGET %s pid hostname queues",
						      json_string_value(key)) :
					  NULL;
		const char *number = json_string_value(json_array_get(row, 0)),
			   *on = json_string_value(json_array_get(row, 1));
		const char *queues = json_string_value(json_array_get(row, 2));
		if (number && on && queues && !strcmp(number, own) && !strcmp(on, host) && !*ret_queues)
			*ret_queues = mem_dup(queues);
		json_decref(row);
		if (e)
			break;
	}
	json_decref(keys);
	return e;
}

/* The word after --queue or --queues in its argv; the caller frees it; "" when there is none. */
static char *queues_told(pid_t pid)
{
	size_t len;
	AUTO_FREE char *argv = read_proc(pid, "cmdline", &len);

	for (size_t at = 0; at < len; at += strlen(argv + at) + 1)
		if (!strcmp(argv + at, "--queue") || !strcmp(argv + at, "--queues"))
			return mem_dup(at + strlen(argv + at) + 1 < len ? argv + at + strlen(argv + at) + 1 :
									  "");
	return mem_dup("");
}

/* Frappe registers queues with the bench's name and a colon before their own. */
static bool is_among(const char *queue, const char *registered)
{
	AUTO_FREE char *copy = mem_dup(registered);
	char *rest = copy;

	for (char *one; (one = strsep(&rest, ","));) {
		const char *colon = strrchr(one, ':');
		if (!strcmp(colon ? colon + 1 : one, queue))
			return true;
	}
	return false;
}

static struct err *check_worker(const struct bench_redis *r, const struct process *p, char **ret_queues)
{
	AUTO_FREE char *told = NULL;
	char *rest;

	if (!r)
		return err_new(ERR_SYSTEM, "bench.json has no Redis for a queue");
	if (p->pid <= 0)
		return err_new(ERR_SYSTEM, "it does not run");
	TRY(find_registration(r, p->pid, ret_queues));
	if (!*ret_queues)
		return err_new(ERR_SYSTEM, "process %d is not registered in %s", (int)p->pid, r->name);
	rest = told = queues_told(p->pid);
	for (char *one; (one = strsep(&rest, ","));)
		if (*one && !is_among(one, *ret_queues))
			return err_new(ERR_SYSTEM, "registered for %s, not for %s", *ret_queues, one);
	return NULL;
}

void verify_programs_workers(struct ctl_verify *v)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	struct err *e = supervisor_list(v->bench, &list);

	if (e) {
		ctl_verify_row(v, NULL, e, " ");
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		AUTO_FREE char *queues = NULL;
		if (!p->program || p->program->role != ROLE_WORKER)
			continue;
		e = check_worker(redis_queue(v->bench), p, &queues);
		ctl_verify_row(v, p->name, e, "registered for %s", queues);
	}
}

void verify_programs_jobs(struct ctl_verify *v)
{
	AUTO_QUEUE_VIEW struct queue_view view = { 0 };
	const struct bench_redis *r = redis_queue(v->bench);

	if (!r || !bench_json_has_role(v->bench, ROLE_WORKER))
		return;
	struct err *e = queue_look(r, &view);
	int64_t now = (int64_t)time(NULL);
	size_t lost = queue_lost(&view, now);
	if (!e && lost)
		e = err_new(ERR_SYSTEM, "%zu are lost: in no queue and no registry for more than %d s", lost,
			    QUEUE_LOST_SECONDS);
	ctl_verify_row(v, r->name, e, "%lld waiting, the oldest for %lld s, %lld failed, none lost",
		       (long long)view.waiting,
		       view.oldest && view.oldest < now ? (long long)(now - view.oldest) : 0LL,
		       (long long)view.failed);
}

void verify_programs_units(struct ctl_verify *v)
{
	AUTO_TEXT struct text names = { 0 };

	if (access("/run/systemd/system", F_OK))
		return; /* a container has no systemd */
	struct err *e = units_failed(&names);
	if (!e && names.len)
		e = err_new(ERR_SYSTEM, "failed:%s", names.bytes);
	ctl_verify_row(v, NULL, e, "none has failed");
}

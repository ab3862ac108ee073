/* SPDX-License-Identifier: MIT */
#include "start/stop.h"

#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/log.h"
#include "lib/process_stat.h"
#include "provision/kept_cache.h"

#define POLL_MS 20
#define SAVE_MS 3000

unsigned stop_share(unsigned row_ms, unsigned later_ms, unsigned left_ms)
{
	unsigned free_ms = left_ms > later_ms ? left_ms - later_ms : left_ms / 4;

	return later_ms && row_ms < free_ms ? row_ms : free_ms;
}

static unsigned order_of(const struct process *p)
{
	return p->program ? p->program->stop_order : 0;
}

static unsigned ms_of(const struct process *p)
{
	return p->program ? p->program->stop_seconds * 1000 : 1000;
}

/* The longest time of one row. *ret_next: the order of the next row, or UINT_MAX. */
static unsigned row_ms(const struct process_list *list, unsigned order, unsigned *ret_next)
{
	unsigned longest = 0;

	*ret_next = UINT32_MAX;
	for (size_t i = 0; i < list->count; i++) {
		unsigned own = order_of(&list->items[i]);
		if (own == order && ms_of(&list->items[i]) > longest)
			longest = ms_of(&list->items[i]);
		if (own > order && own < *ret_next)
			*ret_next = own;
	}
	return longest;
}

static unsigned later_ms(const struct process_list *list, unsigned order)
{
	unsigned sum = 0, next;

	row_ms(list, order, &next);
	while (next != UINT32_MAX)
		sum += row_ms(list, next, &next);
	return sum;
}

static void kill_group(const struct process *p)
{
	if (getpgid(p->pid) == p->pid)
		kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
}

/* Asks one process to stop. False when Supervisor could not be asked. */
static bool ask(const struct bench *b, const struct process *p, bool by_supervisor)
{
	if (by_supervisor) {
		struct err *e = supervisor_stop(b, p, SUPERVISOR_CALL_MS);
		if (!e)
			return true;
		log_err(e, "%s is stopped without supervisor", p->name);
	}
	if (p->pid > 0)
		kill(p->pid, p->program && p->program->role == ROLE_NGINX ? SIGQUIT : SIGTERM);
	return !by_supervisor;
}

static bool any_alive(const struct process_list *list, unsigned order)
{
	for (size_t i = 0; i < list->count; i++)
		if (order_of(&list->items[i]) == order && process_stat_is_alive(list->items[i].pid))
			return true;
	return false;
}

/* An idle RQ worker that has once lost its Redis hangs at the first TERM and ends at the second. A second
 * TERM would also end a running job, so it comes late. */
static void insist(const struct process_list *list, unsigned order)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct process *p = &list->items[i];
		if (order_of(p) == order && p->program && p->program->role == ROLE_WORKER &&
		    process_stat_is_alive(p->pid))
			kill(p->pid, SIGTERM);
	}
}

static void wait_row(const struct process_list *list, unsigned order, unsigned limit_ms)
{
	int64_t begun = clock_ms();
	bool insisted = false;

	while (any_alive(list, order) && clock_ms() < begun + limit_ms) {
		if (!insisted && clock_ms() > begun + limit_ms / 2) {
			insist(list, order);
			insisted = true;
		}
		clock_sleep(POLL_MS);
	}
}

/* Whether one had to be killed. */
static bool kill_row(const struct process_list *list, unsigned order, bool *ret_killed)
{
	bool some = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct process *p = &list->items[i];
		if (order_of(p) != order || !process_stat_is_alive(p->pid))
			continue;
		log_line("%s did not stop in time: killed", p->name);
		kill_group(p);
		some = true;
		*ret_killed |= p->program && p->program->phase == PHASE_STORES;
	}
	return some;
}

static bool is_up(const struct process *p)
{
	return strcmp(p->state, "STOPPED") && strcmp(p->state, "EXITED") && strcmp(p->state, "FATAL");
}

static bool is_redis(const struct process *p)
{
	return p->program && p->program->role == ROLE_REDIS;
}

static bool has_redis(const struct process_list *list, unsigned order)
{
	for (size_t i = 0; i < list->count; i++)
		if (order_of(&list->items[i]) == order && is_redis(&list->items[i]) && is_up(&list->items[i]))
			return true;
	return false;
}

static unsigned left_ms(int64_t until)
{
	int64_t left = until - clock_ms();

	return left > 0 ? (unsigned)left : 0;
}

static unsigned share(const struct process_list *list, unsigned order, int64_t until)
{
	unsigned next;

	return stop_share(row_ms(list, order, &next), later_ms(list, order), left_ms(until));
}

/* Asks the Redis of a row to stop, or all but them. */
static void ask_row(const struct bench *b, const struct process_list *list, unsigned order, bool redis,
		    int64_t until, pid_t *supervisor)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct process *p = &list->items[i];
		if (order_of(p) != order || is_redis(p) != redis || !is_up(p))
			continue;
		supervisor_let_start(b, p, share(list, order, until) / 2);
		if (!ask(b, p, *supervisor > 0)) {
			kill(*supervisor, SIGKILL); /* or it would start them again */
			*supervisor = 0;
		}
	}
}

static unsigned save_ms(int64_t until)
{
	unsigned part = left_ms(until) / 4;

	return part < SAVE_MS ? part : SAVE_MS;
}

/* A MariaDB of the same row stops while Redis writes the cache: one that does not answer costs it no time. */
void stop_all(const struct bench *b, const struct process_list *list, pid_t supervisor, unsigned budget_ms,
	      bool *ret_killed, bool *ret_kept)
{
	int64_t until = clock_ms() + budget_ms;
	unsigned order, next = 0;
	bool in_order = true; /* nobody who writes was killed: what the cache has is what the tables have */

	if (ret_kept)
		*ret_kept = false;
	row_ms(list, 0, &next);
	for (order = any_alive(list, 0) ? 0 : next; order != UINT32_MAX; order = next) {
		row_ms(list, order, &next);
		bool saves = ret_kept && in_order && supervisor > 0 && has_redis(list, order) &&
			     kept_cache_is_idle(b);
		ask_row(b, list, order, false, until, &supervisor);
		if (saves && supervisor > 0)
			*ret_kept = kept_cache_save(b, save_ms(until));
		ask_row(b, list, order, true, until, &supervisor);
		wait_row(list, order, share(list, order, until));
		in_order &= !kill_row(list, order, ret_killed);
	}
}

static const struct bench_program *store_called(const struct bench *b, const char *name)
{
	int role = !strcmp(name, "mariadbd")	 ? ROLE_MARIADB :
		   !strcmp(name, "redis-server") ? ROLE_REDIS :
						   ROLE_OTHER;

	for (size_t i = 0; role != ROLE_OTHER && i < b->programs.count; i++)
		if (b->programs.items[i].role == role)
			return &b->programs.items[i];
	return NULL;
}

static struct process orphan(const struct bench *b, const struct process_list *known, pid_t pid,
			     const char *name)
{
	struct process p = {
		.group = mem_dup(""),
		.state = mem_dup("RUNNING"),
		.pid = pid,
		.program = store_called(b, name),
	};

	for (size_t i = 0; i < known->count; i++)
		if (known->items[i].pid == pid) {
			p.name = mem_dup(known->items[i].name);
			p.program = known->items[i].program;
			return p;
		}
	p.name = mem_dup(name);
	return p;
}

static bool is_among(pid_t pid, const pid_t *list)
{
	while (*list && *list != pid)
		list++;
	return *list == pid;
}

void stop_orphans(const struct bench *b, const struct process_list *known, const pid_t *except,
		  struct process_list *ret)
{
	DIR *proc = opendir("/proc");

	for (struct dirent *d; proc && (d = readdir(proc));) {
		pid_t pid = isdigit((unsigned char)d->d_name[0]) ? (pid_t)strtol(d->d_name, NULL, 10) : 0,
		      parent;
		char name[17], state;
		if (pid && !is_among(pid, except) && process_stat_read(pid, name, &state, &parent) &&
		    parent == getpid() && state != 'Z')
			VEC_PUSH(ret, orphan(b, known, pid, name));
	}
	if (proc)
		closedir(proc);
}

unsigned stop_seconds(void)
{
	const char *text = getenv("MKBENCH_STOP_SECONDS");
	unsigned long seconds = text ? strtoul(text, NULL, 10) : 0;

	return seconds >= 1 && seconds <= 3600 ? (unsigned)seconds : STOP_SECONDS;
}

void stop_told(int64_t took_ms, bool killed)
{
	log_line("stopped in %.1f s%s", (double)took_ms / 1000,
		 killed ? ": not all by itself, the next start recovers" : "");
	log_event(&(struct event){ .name = EVENT_STOPPED, .ms = (unsigned)took_ms, .killed = killed });
}

/* SPDX-License-Identifier: MIT */
#include "tools/ctl_restart.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/process_stat.h"
#include "lib/supervisor.h"

#define LATE_MS 3000

static bool is_called(const struct process *p, const char *name)
{
	AUTO_FREE char *full = mem_printf("%s:%s", p->group, p->name);

	return !strcmp(p->name, name) || !strcmp(full, name) ||
	       (p->program && !strcmp(p->program->name, name));
}

/* A group may have the same name as a program in it; "GROUP:*", which is Supervisor's form, is never a
 * program. */
static bool is_of_group(const struct process *p, const char *name)
{
	AUTO_FREE char *all = mem_printf("%s:*", p->group);

	return !strcmp(p->group, name) || !strcmp(all, name);
}

/* Which processes a name means; without a name, the framework's, without the parent that has imported for
 * them what no restart changes. */
static bool *find(const struct process_list *list, const char *name)
{
	bool *meant = mem_array(list->count, sizeof *meant), any = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct process *p = &list->items[i];
		meant[i] = name ? is_called(p, name) :
				  p->program && p->program->phase == PHASE_BENCH &&
					   p->program->role != ROLE_PRELOAD;
		any |= meant[i];
	}
	for (size_t i = 0; name && !any && i < list->count; i++)
		meant[i] = is_of_group(&list->items[i], name);
	return meant;
}

/* When the queue's Redis restarts, its workers lose their connection, and then one TERM does not stop them
 * any more. */
static bool holds_queue(const struct bench *b, const struct process *p)
{
	for (size_t i = 0; p->program && p->program->role == ROLE_REDIS && i < b->redis.count; i++)
		if (!strcmp(b->redis.items[i].name, p->program->name) &&
		    !strcmp(b->redis.items[i].role, "queue"))
			return true;
	return false;
}

/* A worker may finish its job. An idle worker that has once lost its Redis hangs at the first TERM. */
static void wait_for(const struct process *p)
{
	int64_t begun = clock_ms();
	bool said = false, insisted = false;

	while (process_stat_is_alive(p->pid)) {
		bool late = clock_ms() > begun + LATE_MS;
		if (late && !insisted && p->program && p->program->role == ROLE_WORKER &&
		    !process_stat_has_child(p->pid))
			insisted = !kill(p->pid, SIGTERM);
		else if (late && !said)
			said = printf("%s finishes what it is doing first ...\n", p->name) && !fflush(stdout);
		clock_sleep(50);
	}
}

/* Supervisor notices an end within a second; until then it would refuse to start the process. */
static struct err *start_again(const struct bench *b, const struct process *p)
{
	for (int round = 0;; round++) {
		AUTO_PROCESSES struct process_list now = { 0 };
		TRY(supervisor_list(b, &now));
		for (size_t i = 0; i < now.count; i++) {
			const struct process *q = &now.items[i];
			if (strcmp(q->name, p->name) || strcmp(q->group, p->group))
				continue;
			if (strcmp(q->state, "STOPPING") || round == 100)
				return supervisor_start(b, q);
		}
		clock_sleep(50);
	}
}

/* The work goes on in a child after Ctrl-C: what was stopped must be started, and a worker may still take
 * hours. */
static void hand_over(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		signal(SIGPIPE, SIG_IGN);
	}
	if (pid <= 0)
		return;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : ERR_SYSTEM);
}

/* Keeps the first error, which is the one to report. */
static void keep(struct err **first, struct err *e)
{
	if (*first)
		err_free(e);
	else
		*first = e;
}

/* Stops all of them first, because one may need another while it stops. Then starts each that was stopped,
 * whatever went wrong. */
static struct err *stop_and_start(const struct bench *b, const struct process_list *list, const bool *meant)
{
	AUTO_FREE bool *stopped = mem_array(list->count, sizeof *stopped);
	struct err *first = NULL;

	hand_over();
	for (size_t i = 0; i < list->count; i++)
		if (meant[i]) {
			struct err *e = supervisor_stop_started(b, &list->items[i]);
			stopped[i] = !e;
			keep(&first, e);
		}
	for (size_t i = 0; i < list->count; i++) {
		if (!stopped[i])
			continue;
		wait_for(&list->items[i]);
		struct err *e = start_again(b, &list->items[i]);
		if (!e)
			printf("%s restarted\n", list->items[i].name);
		keep(&first, e);
	}
	return first;
}

struct err *ctl_restart(const struct bench *b, const char *name)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	bool any = false, queue = false;

	TRY(supervisor_list(b, &list));
	AUTO_FREE bool *meant = find(&list, name);
	for (size_t i = 0; i < list.count; i++)
		queue |= meant[i] && holds_queue(b, &list.items[i]);
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		meant[i] |= queue && p->program && p->program->role == ROLE_WORKER;
		any |= meant[i];
	}
	return any ? stop_and_start(b, &list, meant) :
		     err_new(ERR_USAGE, "no program or group is called %s: benchctl status lists them", name);
}

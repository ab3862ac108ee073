/* SPDX-License-Identifier: MIT */
#include "jobs/keeper.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t.h"

#define NOW 1800000000

static char none[] = "", first[] = "first", second[] = "second", lost[] = "lost", other[] = "other",
	    queue[] = "default";
static char old[] = "2026-11-29T08:00:00.000001Z", young[] = "2026-11-29T09:00:00.000001Z";

/* A process of ours that waits, or a copy of one: what a worker and its horse are. */
static pid_t child(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool held(const struct queue_view *v, const struct queue_job *j, struct worker_processes *p,
		 pid_t *dead)
{
	const struct bench b = { .user = { .uid = getuid(), .gid = getgid() } };

	return keeper_is_held(v, j, p, &b, NOW, dead);
}

/* A worker of the last boot, and one of this that has its number and is busy with something else. */
static void number_again(pid_t worker)
{
	struct queue_worker workers[] = { { first, lost, old, worker }, { second, other, young, worker } };
	const struct queue_view v = { .workers = { workers, 2, 2 } };
	const struct queue_job in_no_registry = { .id = lost, .queue = queue, .worker = none };
	const struct queue_job registered = {
		.id = lost, .queue = queue, .worker = first, .member = lost, .until = NOW + 400
	};
	const struct queue_job his = {
		.id = other, .queue = queue, .worker = second, .member = other, .until = NOW + 400
	};
	struct worker_processes p = { 0 };
	pid_t dead = -1, horse = child();

	ok(held(&v, &his, &p, &dead));
	ok(worker_process_horse(&p, worker) != 0); /* somebody with that worker's stack */
	ok(!held(&v, &in_no_registry, &p, &dead) && !dead);
	ok(!held(&v, &registered, &p, &dead) && !dead);
	free(p.items);
	end(horse);
}

/* Dead, and the youngest of its number: whoever has its stack is its horse. */
static void gone(pid_t worker)
{
	struct queue_worker workers[] = { { first, lost, old, worker } };
	const struct queue_view v = { .workers = { workers, 1, 1 } };
	const struct queue_job registered = {
		.id = lost, .queue = queue, .worker = first, .member = lost, .until = NOW + 400
	};
	struct worker_processes p = { 0 };
	pid_t dead = 0;

	ok(held(&v, &registered, &p, &dead));
	end(worker);
	ok(!held(&v, &registered, &p, &dead) && dead == worker);
	free(p.items);
}

/* The keeper runs as the workers' user, and no Supervisor has started it. */
static void itself(void)
{
	struct queue_worker workers[] = { { first, lost, old, getpid() } };
	const struct queue_view v = { .workers = { workers, 1, 1 } };
	const struct queue_job in_no_registry = { .id = lost, .queue = queue, .worker = none };
	struct worker_processes p = { 0 };
	pid_t dead = 0;

	ok(!held(&v, &in_no_registry, &p, &dead));
	free(p.items);
}

int main(void)
{
	pid_t worker = child();

	number_again(worker);
	gone(worker);
	itself();
	return t_done();
}

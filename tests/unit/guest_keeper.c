/* SPDX-License-Identifier: MIT */
#include "jobs/keeper.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
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

/* A program as preload.py makes it, with a horse if it is asked for: its stack is that of all others. */
static pid_t made(const char *name, pid_t *ret_horse)
{
	int pipes[2];
	pid_t pid, horse = 0;

	ok(!pipe(pipes));
	pid = fork();
	if (!pid) {
		int fd = memfd_create(name, 0);
		if (ftruncate(fd, 4096) || mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
			_exit(1);
		if (ret_horse)
			horse = child();
		if (write(pipes[1], &horse, sizeof horse) != sizeof horse)
			_exit(1);
		pause();
		_exit(0);
	}
	ok(read(pipes[0], &horse, sizeof horse) == sizeof horse);
	if (ret_horse)
		*ret_horse = horse;
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

/* Of programs with one stack each has its own horse, and by its name it is known whether it is a worker. */
static void of_one_parent(void)
{
	struct bench_program rows[] = { { .name = "worker", .group = "workers", .role = ROLE_WORKER },
					{ .name = "web", .group = "web", .role = ROLE_WEB } };
	struct bench b = { .user = { .uid = getuid(), .gid = getgid() }, .programs = { rows, 2 } };
	struct worker_processes p = { 0 };
	pid_t horse = 0, plain = child(), one = made("mkbench-program:workers:worker-0", &horse),
	      two = made("mkbench-program:workers:worker-1", NULL),
	      web = made("mkbench-program:web:web", NULL);

	ok(worker_process_is(&p, &b, one, "one") && worker_process_is(&p, &b, two, "two"));
	ok(worker_process_is(&p, &b, plain, "plain")); /* by hand */
	ok(!worker_process_is(&p, &b, web, "web"));
	end(one);
	end(two);
	ok(worker_process_horse(&p, one) == horse);
	ok(!worker_process_horse(&p, two));
	kill(horse, SIGKILL);
	end(web);
	end(plain);
	free(p.items);
}

int main(void)
{
	pid_t worker = child();

	number_again(worker);
	gone(worker);
	itself();
	of_one_parent();
	return t_done();
}

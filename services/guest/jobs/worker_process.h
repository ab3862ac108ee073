/* SPDX-License-Identifier: MIT */
/* Whether the processes of workers are there. RQ runs each job in a child of the worker, its horse, which a
 * killed worker leaves behind at work; a horse has never called exec, so it has its worker's stack. */
#pragma once
#include "lib/bench.h"

struct worker_processes {
	struct worker_process {
		pid_t pid;
		uint64_t stack; /* where it begins */
		char name[200]; /* by which RQ knows it */
	} * items;
	size_t count, room;
};

/* Whether pid may be a worker of this bench: there, ours, and started by Supervisor as one, or by
 * no Supervisor. It is remembered. */
bool worker_process_is(struct worker_processes *p, const struct bench *b, pid_t pid, const char *name);
/* Its number, when it was remembered; 0: never met. */
pid_t worker_process_called(const struct worker_processes *p, const char *name);
/* The horse that a worker, gone since it was remembered, has left at work, or 0. */
pid_t worker_process_horse(const struct worker_processes *p, pid_t worker);

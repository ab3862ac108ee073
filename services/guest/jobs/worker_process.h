/* SPDX-License-Identifier: MIT */
/* Looks whether the processes of RQ's workers live. RQ runs each job in a child of the worker, its work
 * horse. A killed worker leaves its horse at work. The horse never calls exec, so it has the same stack
 * address as its worker. So have all programs that services/supervisor/preload.py makes: each of them, with
 * its children, has a mapping of its own, of a file that is on no disk, mkbench-program:GROUP:NAME. */
#pragma once
#include "lib/bench.h"

struct worker_processes {
	struct worker_process {
		pid_t pid;
		uint64_t stack;	 /* where its stack begins */
		uint64_t mapped; /* the inode of its mapping; 0: none */
		char name[200];	 /* the name that RQ has for it */
	} * items;
	size_t count, room;
};

/* Whether pid may be a worker of this bench: it exists, is the bench user's, and Supervisor has started it
 * as a worker, or no Supervisor has. The process is remembered. */
bool worker_process_is(struct worker_processes *p, const struct bench *b, pid_t pid, const char *name);
/* Its pid, when it was remembered; 0: never met. */
pid_t worker_process_called(const struct worker_processes *p, const char *name);
/* The horse that a remembered worker, now gone, has left at work, or 0. */
pid_t worker_process_horse(const struct worker_processes *p, pid_t worker);

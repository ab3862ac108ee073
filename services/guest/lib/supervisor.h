/* SPDX-License-Identifier: MIT */
/* Supervisor's XML-RPC interface over its Unix socket: the few calls that we need. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

#include "lib/bench.h"

struct process {
	char *name, *group; /* supervisor's "group:name" */
	/* "RUNNING", "STOPPED", "STARTING", "BACKOFF", "STOPPING", "EXITED", "FATAL", "UNKNOWN" */
	char *state;
	char *problem;			     /* why it could not be started, or "" */
	char *log;			     /* its output's file, or "" */
	pid_t pid;			     /* 0 when there is none */
	long start, now;		     /* seconds by supervisor's clock */
	const struct bench_program *program; /* its row, or NULL when bench.json does not know it */
};

struct process_list {
	struct process *items;
	size_t count, room;
};

/* Every process that supervisor knows. */
struct err *supervisor_list(const struct bench *b, struct process_list *ret) MUST_CHECK;
void supervisor_list_done(struct process_list *list);
#define AUTO_PROCESSES __attribute__((cleanup(supervisor_list_done)))

/* Asks to start, to stop, to signal one process; returns at once. Being so already is no error. */
struct err *supervisor_start(const struct bench *b, const struct process *p) MUST_CHECK;
struct err *supervisor_stop(const struct bench *b, const struct process *p) MUST_CHECK;
struct err *supervisor_signal(const struct bench *b, const struct process *p, const char *signal) MUST_CHECK;
/* Starts every process of a phase that is not up; waits up to limit_ms for supervisor itself. */
struct err *supervisor_start_phase(const struct bench *b, int phase, unsigned limit_ms) MUST_CHECK;
/* The same of a role. */
struct err *supervisor_start_role(const struct bench *b, int role, unsigned limit_ms) MUST_CHECK;
/* Stops every process of a phase and waits until they are gone; supervisor itself is
 * waited for up to limit_ms. */
struct err *supervisor_stop_phase(const struct bench *b, int phase, unsigned limit_ms) MUST_CHECK;
/* Signals every process of a role that runs, e.g. ROLE_NGINX "HUP". */
struct err *supervisor_signal_role(const struct bench *b, int role, const char *signal) MUST_CHECK;

/* The row that a process belongs to: its name, or NAME-0, NAME_00 of a row with several processes. */
const struct bench_program *supervisor_program(const struct bench *b, const char *group, const char *name);
/* Reads the answer to getAllProcessInfo. ERR_SYSTEM carries a fault's own words. */
struct err *supervisor_parse(const struct bench *b, const char *xml, struct process_list *ret) MUST_CHECK;

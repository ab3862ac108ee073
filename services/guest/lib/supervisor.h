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
	char *log;			     /* the file of its output, or "" */
	pid_t pid;			     /* 0 when there is none */
	long start, now;		     /* seconds of Supervisor's clock */
	const struct bench_program *program; /* its row, or NULL when bench.json does not have it */
};

struct process_list {
	struct process *items;
	size_t count, room;
};

/* Lists every process that Supervisor knows. */
struct err *supervisor_list(const struct bench *b, struct process_list *ret) MUST_CHECK;
void supervisor_list_done(struct process_list *list);
#define AUTO_PROCESSES __attribute__((cleanup(supervisor_list_done)))

#define SUPERVISOR_CALL_MS 3000	  /* for whoever has another way, or asks again */
#define SUPERVISOR_ORDER_MS 30000 /* where no answer is a failure: a machine may stand still for seconds */

/* Asks to start, to stop or to signal one process, and returns at once; supervisor_stop waits for the answer
 * for limit_ms, the others for SUPERVISOR_ORDER_MS. No error when it is so already. */
struct err *supervisor_start(const struct bench *b, const struct process *p) MUST_CHECK;
struct err *supervisor_stop(const struct bench *b, const struct process *p, unsigned limit_ms) MUST_CHECK;
/* Waits up to limit_ms until a MariaDB that still starts has started; no other process is waited for. One
 * that gets TERM before hangs, and then ignores every further TERM until it is killed. */
void supervisor_let_start(const struct bench *b, const struct process *p, unsigned limit_ms);
/* Asks to stop one process without a limit of the caller's, a MariaDB once it has started: for its start it
 * has half of its time to stop. */
struct err *supervisor_stop_started(const struct bench *b, const struct process *p) MUST_CHECK;
struct err *supervisor_signal(const struct bench *b, const struct process *p, const char *signal) MUST_CHECK;
/* Starts every process of a phase that is not up; waits up to limit_ms for Supervisor itself. The bench's
 * processes wait for the preload, which makes them, while it imports. */
struct err *supervisor_start_phase(const struct bench *b, int phase, unsigned limit_ms) MUST_CHECK;
/* The same for a role. */
struct err *supervisor_start_role(const struct bench *b, int role, unsigned limit_ms) MUST_CHECK;
/* Stops every process of a phase and waits until they are gone; waits up to limit_ms for Supervisor itself.
 */
struct err *supervisor_stop_phase(const struct bench *b, int phase, unsigned limit_ms) MUST_CHECK;
/* Signals every running process of a role, such as ROLE_NGINX with "HUP". */
struct err *supervisor_signal_role(const struct bench *b, int role, const char *signal) MUST_CHECK;

/* The row that a process belongs to: its name, or NAME-0 or NAME_00 of a row with several processes. */
const struct bench_program *supervisor_program(const struct bench *b, const char *group, const char *name);
/* Parses the answer to getAllProcessInfo. ERR_SYSTEM with the words of a fault. */
struct err *supervisor_parse(const struct bench *b, const char *xml, struct process_list *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Checks Supervisor's processes, the workers in the queue's Redis, and systemd's units. */
#pragma once
#include "tools/ctl_verify.h"

/* Adds a row for each process that Supervisor knows, and for each declared program that has none. */
void verify_programs_processes(struct ctl_verify *v);
/* Adds a row for each worker process: it has registered in the queue's Redis, with its own pid and the
 * queues that its command names. */
void verify_programs_workers(struct ctl_verify *v);
void verify_programs_jobs(struct ctl_verify *v); /* no job is lost */
/* on a disk: no unit has failed */
void verify_programs_units(struct ctl_verify *v);

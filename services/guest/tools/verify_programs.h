/* SPDX-License-Identifier: MIT */
/* Supervisor's processes, the workers as the queue knows them, systemd's units. */
#pragma once
#include "tools/ctl_verify.h"

/* A row a process that Supervisor knows, and one for each declared program without any. */
void verify_programs_processes(struct ctl_verify *v);
/* A row a worker process: registered in the queue's Redis, under its own number, for
 * the queues that it was told. */
void verify_programs_workers(struct ctl_verify *v);
void verify_programs_jobs(struct ctl_verify *v); /* none is lost */
/* On a disk: no unit has failed. */
void verify_programs_units(struct ctl_verify *v);

/* SPDX-License-Identifier: MIT */
/* The jobs keeper: a child of init that runs as the bench's user and looks after the jobs of RQ, whatever app
 * has asked for them. A job in no queue and no registry is queued again after 30 s; one whose worker is gone
 * within 60 s, once its horse is gone too; while MariaDB does not answer the workers take no jobs, and who
 * failed then although his app wished for more tries gets one more. */
#pragma once
#include "jobs/queue.h"
#include "jobs/worker_process.h"
#include "provision/provision_context.h"

/* so long is a job looked at before it counts as lost: a worker that has just taken one is no loss */
#define KEEPER_LOST_MS 30000
#define KEEPER_DEAD_MS 10000
#define KEEPER_LOOK_MS 5000

int keeper_main(int argc, char **argv);
pid_t keeper_start(const struct bench *b); /* 0: there is nothing to keep */
void keeper_end(pid_t pid);
/* The step that starts the bench's programs. Before, whatever a worker of the last start had in its hands is
 * queued again: RQ would wait, or list it as failed. */
struct err *keeper_start_bench(struct provision_context *w, bool *ret_did) MUST_CHECK;

/* Whether a registered worker, or one that has vanished from RQ's list since, still has its hands on the
 * job at now (seconds since 1970). */
bool keeper_is_held(const struct queue_view *v, const struct queue_job *j, struct worker_processes *p,
		    const struct bench *b, int64_t now, pid_t *ret_dead);

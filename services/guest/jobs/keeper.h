/* SPDX-License-Identifier: MIT */
/* The jobs keeper: a child of init, with the bench user's rights, that looks after RQ's jobs of all apps. It
 * queues a job again that is in no queue and no registry for 30 s, and one whose worker and work horse are
 * gone, after 10 s or at the latest when RQ's own time for it ends. While MariaDB does not answer the
 * workers take no jobs; a job that failed meanwhile, and whose app asked for retries, gets one more. */
#pragma once
#include "jobs/queue.h"
#include "jobs/worker_process.h"
#include "provision/provision_context.h"

/* A job counts as lost only after this time: a worker that has just taken a job has not registered it yet. */
#define KEEPER_LOST_MS 30000
#define KEEPER_DEAD_MS 10000
#define KEEPER_LOOK_MS 5000

int keeper_main(int argc, char **argv);
pid_t keeper_start(const struct bench *b); /* 0: there is nothing to keep */
void keeper_end(pid_t pid);
/* The step that starts the bench's programs. Before that it queues again what the last start's workers were
 * running: RQ would wait, or list it as failed. */
struct err *keeper_start_bench(struct provision_context *w, bool *ret_did) MUST_CHECK;

/* Whether a worker still has the job at now (seconds since 1970): a registered one, or one that has vanished
 * from RQ's list. */
bool keeper_is_held(const struct queue_view *v, const struct queue_job *j, struct worker_processes *p,
		    const struct bench *b, int64_t now, pid_t *ret_dead);

/* SPDX-License-Identifier: MIT */
/* RQ's jobs in the queue's Redis, for every RQ since 1.10: finds jobs that RQ itself has lost. Each question
 * and each change is one script, which Redis runs as a whole or not at all. The bench's user can write all
 * of these data. */
#pragma once
#include "lib/bench.h"

/* A job without a place, which should wait or run and is in no queue and no registry; or a job that runs. */
struct queue_job {
	/* member: its name in StartedJobRegistry, NULL when it is not in it; worker: "" when RQ does not say
	 */
	char *id, *member, *queue, *worker;
	/* seconds since 1970: when its entry in the registry expires; 0 when it has none */
	double until;
	/* seconds since 1970: when it was enqueued; 0: RQ does not say */
	int64_t since;
};

/* A worker that has registered. */
struct queue_worker {
	char *name, *job; /* job: what it runs, or "" */
	char *born;
	pid_t pid;
};

struct queue_view {
	struct queue_job *items;
	size_t count, room;
	struct {
		struct queue_worker *items;
		size_t count, room;
	} workers;
	int64_t waiting, failed; /* jobs in all queues; in all FailedJobRegistry */
	int64_t oldest;		 /* seconds since 1970, of the job that waits longest; 0: none */
};

/* Reads all of it, a thousand jobs at a time. */
struct err *queue_look(const struct bench_redis *r, struct queue_view *ret) MUST_CHECK;
void queue_view_done(struct queue_view *v);
#define AUTO_QUEUE_VIEW __attribute__((cleanup(queue_view_done)))

/* How many jobs have been without a place for more than a minute after they were enqueued: the keeper has
 * missed them, or cannot act. */
size_t queue_lost(const struct queue_view *v, int64_t now);
#define QUEUE_LOST_SECONDS 60

enum queue_result { QUEUE_MOVED, QUEUE_REQUEUED, QUEUE_GIVEN_UP };
#define QUEUE_TRIES 3

/* Puts a job to the front of its queue, unless it has moved since it was looked at. A job over which
 * QUEUE_TRIES workers have died before is listed as failed instead. */
struct err *queue_requeue(const struct bench_redis *r, const struct queue_job *j,
			  enum queue_result *ret) MUST_CHECK;

/* Tells RQ that a job runs for 90 s more, if RQ still counts it as running. */
struct err *queue_renew(const struct bench_redis *r, const struct queue_job *j) MUST_CHECK;

/* Queues failed jobs again whose app asked for retries (RQ's Retry), and whose last try failed between these
 * two times (seconds since 1970). *ret: how many. */
struct err *queue_revive(const struct bench_redis *r, int64_t from, int64_t to, int64_t *ret) MUST_CHECK;

/* RQ's own suspension, which keeps workers from taking jobs; it ends by itself after so many seconds. A
 * person's suspension stays. */
struct err *queue_suspend(const struct bench_redis *r, unsigned seconds) MUST_CHECK;
struct err *queue_resume(const struct bench_redis *r) MUST_CHECK;

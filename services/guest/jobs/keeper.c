/* SPDX-License-Identifier: MIT */
#include "jobs/keeper.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/log.h"
#include "lib/redis.h"
#include "lib/socket.h"
#include "lib/spawn.h"
#include "provision/provision_steps.h"
#include "provision/site_account.h"

#define TICK_MS 1000
#define REST 20 /* a look at a long queue takes at most a twentieth of Redis' time */
#define ANSWER_MS 3000
/* pause when MariaDB can only be greeted: each greeting without a login is a warning in its log */
#define UNASKED_MS 10000
#define SUSPEND_SECONDS 30 /* if the keeper dies, the workers go on after this time */
/* RQ's work horse renews its 90 s every 30 s; with less than this left, nothing renews them */
#define BEATS_SECONDS 30

/* A job that seems to have no worker, and since when. */
struct suspect {
	char *id;
	int64_t since_ms;
	bool seen; /* met in the current look */
};

struct keeper {
	struct bench bench;
	const struct bench_redis *queue;
	struct worker_processes processes;
	struct {
		struct suspect *items;
		size_t count, room;
	} suspects;
	struct sql *sql; /* kept open, for one question a second; NULL: none */
	int64_t greet_at, look_at;
	/* seconds since 1970. answered: MariaDB's last answer; away_since: that time while it does not
	 * answer, else 0 */
	int64_t answered, away_since;
	bool met;  /* MariaDB has answered once */
	bool mute; /* Redis does not answer, and the log has it */
};

/* When several registrations have one pid, the youngest is of the process that has it now. */
static bool is_youngest(const struct queue_view *v, const struct queue_worker *w)
{
	for (size_t i = 0; i < v->workers.count; i++)
		if (v->workers.items[i].pid == w->pid && strcmp(v->workers.items[i].born, w->born) > 0)
			return false;
	return true;
}

bool keeper_is_held(const struct queue_view *v, const struct queue_job *j, struct worker_processes *p,
		    const struct bench *b, int64_t now, pid_t *ret_dead)
{
	bool known = false;

	*ret_dead = worker_process_called(p, j->worker); /* RQ forgets a worker whose heartbeat stops */
	for (size_t i = 0; i < v->workers.count; i++) {
		const struct queue_worker *w = &v->workers.items[i];
		bool is_his = !strcmp(w->name, j->worker), lives;
		if (!is_his && strcmp(w->job, j->id))
			continue;
		lives = is_youngest(v, w) && worker_process_is(p, b, w->pid, w->name);
		if (lives && !strcmp(w->job, j->id))
			return true; /* the worker itself says so */
		if (!lives)
			/* if another worker has the pid now, the work horses are that worker's */
			*ret_dead = is_youngest(v, w) ? w->pid : 0;
		known = known || !lives;
	}
	return !known && j->member && j->until > (double)(now + BEATS_SECONDS);
}

static struct suspect *suspect(struct keeper *k, const char *id)
{
	for (size_t i = 0; i < k->suspects.count; i++)
		if (!strcmp(k->suspects.items[i].id, id))
			return &k->suspects.items[i];
	struct suspect s = { .id = mem_dup(id), .since_ms = clock_ms() };
	VEC_PUSH(&k->suspects, s);
	return &k->suspects.items[k->suspects.count - 1];
}

/* Drops the jobs that were no suspects in this look, and those that were dealt with. */
static void forget_suspects(struct keeper *k)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->suspects.count; i++) {
		if (!k->suspects.items[i].seen) {
			free(k->suspects.items[i].id);
			continue;
		}
		k->suspects.items[kept] = k->suspects.items[i];
		k->suspects.items[kept++].seen = false;
	}
	k->suspects.count = kept;
}

static struct err *requeue(const struct bench_redis *queue, const struct queue_job *j, const char *why)
{
	enum queue_result result;

	TRY(queue_requeue(queue, j, &result));
	if (result == QUEUE_REQUEUED)
		log_line("job %s of %s is queued again: %s", j->id, j->queue, why);
	if (result == QUEUE_GIVEN_UP)
		log_line("job %s of %s is listed as failed: %d workers have died over it", j->id, j->queue,
			 QUEUE_TRIES + 1);
	return NULL;
}

static struct err *judge(struct keeper *k, const struct queue_view *v, const struct queue_job *j)
{
	pid_t dead, horse;

	if (keeper_is_held(v, j, &k->processes, &k->bench, (int64_t)time(NULL), &dead))
		return NULL;
	horse = dead ? worker_process_horse(&k->processes, dead) : 0;
	if (horse) /* the horse finishes the job or dies too; nobody else tells RQ that it lives */
		return queue_renew(k->queue, j);
	struct suspect *s = suspect(k, j->id);
	s->seen = true;
	if (clock_ms() - s->since_ms < (j->member ? KEEPER_DEAD_MS : KEEPER_LOST_MS))
		return NULL;
	s->seen = false;
	return requeue(k->queue, j, j->member ? "its worker is gone" : "it was in no queue and no registry");
}

/* Remembers every worker while it lives: later its work horse can be found. */
static void meet_workers(struct keeper *k, const struct queue_view *v)
{
	for (size_t i = 0; i < v->workers.count; i++)
		if (is_youngest(v, &v->workers.items[i]))
			worker_process_is(&k->processes, &k->bench, v->workers.items[i].pid,
					  v->workers.items[i].name);
}

static struct err *look(struct keeper *k)
{
	AUTO_QUEUE_VIEW struct queue_view v = { 0 };

	TRY(queue_look(k->queue, &v));
	meet_workers(k, &v);
	for (size_t i = 0; i < v.count; i++)
		TRY(judge(k, &v, &v.items[i]));
	forget_suspects(k);
	return NULL;
}

/* Logs in with the account of the first site that has one. */
static void open_account(struct keeper *k)
{
	for (size_t i = 0; i < k->bench.sites.count && !k->sql; i++) {
		json_t *config = NULL;
		struct err *e = site_account_config(&k->bench, k->bench.sites.items[i].name, &config);
		if (!e)
			e = site_account_open(&k->bench, config, ANSWER_MS / 1000, &k->sql);
		err_free(e);
		json_decref(config);
	}
}

static bool is_database_there(struct keeper *k)
{
	int64_t one = 0;

	if (k->sql) {
		struct err *e = sql_number(k->sql, &one, "SELECT 1");
		if (!e) {
			k->answered = (int64_t)time(NULL);
			return true;
		}
		err_free(e);
		sql_close(k->sql);
		k->sql = NULL;
		return false; /* MariaDB was away for a moment at least, and a job uses up its tries in a
				 moment */
	}
	if (clock_ms() < k->greet_at)
		return k->met;
	open_account(k);
	/* during a start, before the first site has its account */
	bool begins = !k->sql && !k->met && k->bench.sites.count;
	if (!k->sql && !begins && !socket_greets(k->bench.sql_socket, ANSWER_MS))
		return false;
	k->greet_at = k->sql ? 0 : clock_ms() + UNASKED_MS;
	if (begins)
		return false;
	k->answered = (int64_t)time(NULL);
	return true;
}

/* While MariaDB does not answer, the workers take no jobs: a job would fail and use up its tries within a
 * second. */
static struct err *watch_database(struct keeper *k)
{
	int64_t now = (int64_t)time(NULL), revived = 0;

	if (!is_database_there(k)) {
		if (!k->met)
			return NULL; /* at a start no worker runs before MariaDB does */
		if (!k->away_since)
			log_line("MariaDB does not answer: workers take no jobs until it does");
		k->away_since = k->away_since ? k->away_since : k->answered;
		return queue_suspend(k->queue, SUSPEND_SECONDS);
	}
	if (!k->met || k->away_since)
		TRY(queue_resume(k->queue)); /* a keeper before this one may have been killed in between */
	k->met = true;
	if (!k->away_since)
		return NULL;
	TRY(queue_revive(k->queue, k->away_since - 1, now + 1, &revived));
	log_line("MariaDB answers: workers go on%s",
		 revived ? "" : ", and no job has used up its tries meanwhile");
	if (revived)
		log_line("%lld jobs that used up their tries meanwhile are queued again", (long long)revived);
	k->away_since = 0;
	return NULL;
}

static void turn(struct keeper *k)
{
	struct err *e = watch_database(k);

	if (!e && k->met && clock_ms() >= k->look_at) {
		int64_t began = clock_ms();
		e = look(k);
		int64_t took = clock_ms() - began;
		k->look_at = began + (took * REST > KEEPER_LOOK_MS ? took * REST : KEEPER_LOOK_MS);
	}
	bool failed = e != NULL;
	if (failed && !k->mute)
		log_err(e, "cannot watch the jobs");
	else
		err_free(e);
	k->mute = failed;
}

static void drop_rights(const struct account *user)
{
	if (setgroups(0, NULL) < 0 || setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		_exit(ERR_SYSTEM);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int keeper_main(int argc, char **argv)
{
	struct keeper k = { 0 };

	log_as("keeper");
	if (argc != 1) {
		fprintf(stderr, "usage: %s\n", argv[0]);
		return ERR_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	struct err *e = bench_read(&k.bench);
	if (e) {
		log_err(e, "cannot watch the jobs");
		return ERR_SYSTEM;
	}
	k.queue = redis_queue(&k.bench);
	drop_rights(&k.bench.user);
	while (k.queue) {
		turn(&k);
		clock_sleep(TICK_MS);
	}
	return 0;
}

pid_t keeper_start(const struct bench *b)
{
	char *argv[] = { (char *)"keeper", NULL };

	return redis_queue(b) && bench_json_has_role(b, ROLE_WORKER) ?
		       spawn("/proc/self/exe", argv, environ, -1) :
		       0;
}

void keeper_end(pid_t pid)
{
	if (pid > 0)
		kill(pid, SIGKILL);
}

static struct err *sweep(const struct bench *b, const struct bench_redis *queue)
{
	AUTO_QUEUE_VIEW struct queue_view v = { 0 };
	struct worker_processes p = { 0 };
	bool alone = true;

	TRY(queue_look(queue, &v));
	for (size_t i = 0; i < v.workers.count; i++)
		alone = alone && !worker_process_is(&p, b, v.workers.items[i].pid, v.workers.items[i].name);
	free(p.items);
	for (size_t i = 0; alone && i < v.count; i++)
		TRY(requeue(queue, &v.items[i], "the last start ended before it"));
	return NULL;
}

struct err *keeper_start_bench(struct provision_context *w, bool *ret_did)
{
	const struct bench_redis *queue = redis_queue(&w->bench);
	struct err *e = !w->again && queue && bench_json_has_role(&w->bench, ROLE_WORKER) ?
				sweep(&w->bench, queue) :
				NULL;

	if (e)
		log_err(e, "jobs of the last start are not looked at");
	return provision_steps_bench(w, ret_did);
}

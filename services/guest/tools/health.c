/* SPDX-License-Identifier: MIT */
#include "tools/health.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup/backup_record.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/bench.h"
#include "lib/command.h"
#include "lib/durable.h"
#include "provision/probe.h"
#include "start/pulse.h"
#include "start/start_progress.h"
#include "start/state.h"
#include "lib/restart_backoff.h"

#define LIMIT_MS 8000
#define GUARD_MS 15000 /* if the volume hangs, every process that touches it hangs, too */
/* less than the image's limit for its check: builder/build/build_outputs.c */
#define PATIENCE_MS (50 * 60000)
#define SHORT_MS 8000
#define PAUSE_MS 250
#define STANDBY_MS (5 * 60000) /* by then a hand-over is over, or the other instance stays */
#define NAMED_SITES 8

static bool has_started(void)
{
	return !access(BENCH_RUN "/started", F_OK);
}

static int answer_live(const struct state_report *s)
{
	printf("live: %s%s%s\n", state_name(s->state), *s->why ? ": " : "", s->why);
	return 0;
}

static int answer_started(const struct state_report *s)
{
	if (has_started()) {
		puts("started");
		return 0;
	}
	printf("not started: %s%s%s\n", state_name(s->state), *s->why ? ": " : "", s->why);
	return 1;
}

static void add_failing(struct text *t, const struct probe *p)
{
	size_t named = 0;
	const char *name;
	json_t *site;

	json_object_foreach(p->sites, name, site)
	{
		const char *what = json_string_value(site);
		if (!strcmp(what, "ready") || !strcmp(what, "maintenance") || named++ >= NAMED_SITES)
			continue;
		if (!strcmp(what, "preparing"))
			text_printf(t, "; site %s is still being prepared", name);
		else
			text_printf(t, "; site %s: %s", name, what);
	}
	if (named > NAMED_SITES)
		text_printf(t, "; and %zu sites more", named - NAMED_SITES);
}

/* Adds the programs that have not run for long; true when there are any. */
static bool add_troubles(struct text *t, const struct state_report *s)
{
	bool lasting = false;
	const char *name;
	json_t *row;

	json_object_foreach(s->troubles, name, row)
	{
		int64_t ms = clock_ms() - json_integer_value(json_object_get(row, "since_ms"));
		const char *why = json_string_value(json_object_get(row, "why"));
		if (ms < RESTART_BACKOFF_LASTING_MS)
			continue;
		lasting = true;
		text_printf(t, "; %s has not run well for %d minutes: %s", name, (int)(ms / 60000),
			    why ? why : "");
	}
	return lasting;
}

/* `ready` wants every site and its live events. An engine must not restart a bench, nor a load balancer
 * avoid it, because one site fails while others answer, or because live events fail, except during the start
 * period. */
#define ONLY_LIVE 2 /* only live events fail: a load balancer may still send visitors */
enum doors { DOORS_SOME, DOORS_LIVE, DOORS_EVERY };

static bool is_closed(const struct probe *p, enum doors doors)
{
	return (doors >= DOORS_LIVE && p->mute) || (doors == DOORS_EVERY && p->failing);
}

static int answer_ready(const struct state_report *s, enum doors doors)
{
	AUTO_BENCH struct bench b;
	AUTO_PROBE struct probe p = { 0 };
	AUTO_TEXT struct text t = { 0 };
	json_t *problem;
	size_t i;
	struct err *e = bench_read(&b);

	if (e) {
		AUTO_FREE char *why = err_text(e);
		err_free(e);
		printf("not ready: %s\n", why);
		return 1;
	}
	probe_run(&b, LIMIT_MS, &p);
	bool lasting = add_troubles(&t, s);
	if (s->state == STATE_DEGRADED && *s->why)
		text_printf(&t, "; %s", s->why);
	add_failing(&t, &p);
	AUTO_FREE char *backup = backup_record_trouble(&b);
	if (backup)
		text_printf(&t, "; %s", backup);
	json_array_foreach(p.problems, i, problem) text_printf(&t, "; %s", json_string_value(problem));
	bool none = b.sites.count && !p.ready && !p.maintenance;
	bool closed = none || lasting || is_closed(&p, doors);
	const char *word = closed	 ? "not ready" :
			   p.maintenance ? "maintenance" :
			   t.len	 ? "degraded" :
					   "ready";
	printf("%s: %zu of %zu sites", word, p.ready, b.sites.count);
	if (p.maintenance)
		printf(", %zu in maintenance", p.maintenance);
	printf("%s\n", t.len ? t.bytes : "");
	return !closed ? 0 : doors == DOORS_LIVE && !none && !lasting ? ONLY_LIVE : 1;
}

/* Reads a pipe to its end; false when it does not end in time. */
static bool hear(int fd, struct text *t)
{
	int64_t until = clock_ms() + GUARD_MS;
	char chunk[4096];

	for (ssize_t n = 1; n;) {
		struct pollfd p = { fd, POLLIN, 0 };
		int64_t left = until - clock_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		n = read(fd, chunk, sizeof chunk);
		if (n > 0)
			text_add(t, chunk, (size_t)n);
	}
	return true;
}

/* Asks in a child, which alone touches the volume: if the volume hangs, only the child hangs, and init reaps
 * it later. */
static int answer_guarded(const struct state_report *s, enum doors doors)
{
	AUTO_TEXT struct text words = { 0 };
	int ends[2], status = 0;

	if (pipe(ends) < 0)
		return answer_ready(s, doors);
	fflush(stdout);
	pid_t pid = fork();
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[1]);
		status = answer_ready(s, doors);
		fflush(stdout);
		_exit(status);
	}
	close(ends[1]);
	bool whole = pid > 0 && hear(ends[0], &words) && waitpid(pid, &status, 0) == pid &&
		     WIFEXITED(status) && words.len;
	close(ends[0]);
	if (!whole) {
		printf("not ready: no answer within %d s: does the volume hang?\n", GUARD_MS / 1000);
		return 1;
	}
	fputs(words.bytes, stdout);
	return WEXITSTATUS(status);
}

/* Healthy for a while, because an orchestrator with start-first stops the other instance only then. */
static int answer_standby(const struct state_report *s)
{
	int64_t ms = clock_ms() - s->since_ms;

	if (s->serves && ms < STANDBY_MS) {
		printf("standby: %s; the wait page is served until it leaves\n", s->why);
		return 0;
	}
	if (s->serves)
		printf("not ready: standby for %d minutes: %s, and does not leave; two instances cannot "
		       "share one\n",
		       (int)(ms / 60000), s->why);
	else
		printf("not ready: standby: %s\n", s->why);
	return 1;
}

/* For an unfinished start: 0 while it makes progress; words says what it does. */
static int look_at_start(const struct state_report *s, struct text *words)
{
	struct start_progress start = { .state = s, .heard_ms = command_heard() };
	bool damaged;
	struct err *e = durable_read_json(BENCH_RUN "/steps.json", &start.steps, &damaged);

	err_free(e);
	bool moves = start_progress_moves(&start, clock_ms(), words);
	json_decref(start.steps);
	return moves ? 0 : 1;
}

static int answer_failed(const struct state_report *s)
{
	printf("failed: %s\n", s->why);
	return 1;
}

struct question {
	int64_t begun; /* when the check began */
	/* during a start, how long "starting" is a good answer; -1: answer at once */
	int64_t period_ms;
};

/* Whether the start period still runs. After a standby, which counted as healthy, every answer counts. */
static bool begins(const struct question *q, const struct state_report *s)
{
	return !s->stood_by && clock_ms() - s->begun_ms < q->period_ms;
}

/* Within the period it waits briefly, for engines that ask seldom: a bench that becomes ready meanwhile is
 * healthy at once. */
static bool waits(const struct question *q, const struct state_report *s)
{
	return q->period_ms >= 0 && clock_ms() < q->begun + (begins(q, s) ? SHORT_MS : PATIENCE_MS);
}

/* The answer for a container engine. */
static int answer_engine(const struct question *q, struct state_report *s)
{
	for (;; clock_sleep(PAUSE_MS)) {
		AUTO_TEXT struct text words = { 0 };
		if (state_is_dead(s)) {
			printf("dead: init has not been heard of for %d s\n",
			       (int)((clock_ms() - s->beat_ms) / 1000));
			return 1;
		}
		if (s->state == STATE_FAILED)
			return answer_failed(s);
		if (s->state == STATE_STANDBY)
			return answer_standby(s);
		if (s->state != STATE_STOPPING && (has_started() || s->state == STATE_DEGRADED))
			return answer_guarded(s, begins(q, s) ? DOORS_LIVE : DOORS_SOME);
		bool moves = s->state == STATE_STARTING && !look_at_start(s, &words);
		if (!moves || !waits(q, s)) {
			printf("%s\n", words.len ? words.bytes : "not ready: stopping");
			return 1;
		}
		state_done(s);
		err_free(state_read(s));
	}
}

static int answer(const char *word, const struct question *q, struct state_report *s)
{
	if (!*word || state_is_dead(s))
		return answer_engine(q, s);
	if (!strcmp(word, "live"))
		return answer_live(s);
	if (s->state == STATE_FAILED)
		return answer_failed(s);
	if (!strcmp(word, "started"))
		return answer_started(s);
	if (s->state == STATE_STANDBY || !has_started()) {
		printf("not ready: %s%s%s\n", state_name(s->state), *s->why ? ": " : "", s->why);
		return 1;
	}
	return answer_guarded(s, DOORS_EVERY);
}

static int usage(void)
{
	fputs("usage: health [--start-period=SECONDS] [live|started|ready]\n", stderr);
	return ERR_USAGE;
}

int health_main(int argc, char **argv)
{
	struct question q = { .begun = clock_ms(), .period_ms = -1 };
	AUTO_STATE struct state_report s = { 0 };
	char *end;

	if (argc > 1 && text_starts(argv[1], "--start-period=")) {
		q.period_ms = 1000 * (int64_t)strtoul(strchr(argv[1], '=') + 1, &end, 10);
		if (*end || q.period_ms > 86400000)
			return usage();
		argc--, argv++;
	}
	const char *word = argc > 1 ? argv[1] : "";
	if (argc > 2 || (*word && strcmp(word, "live") && strcmp(word, "started") && strcmp(word, "ready")))
		return usage();
	struct err *e = state_read(&s);
	if (e) {
		AUTO_FREE char *text = err_text(e);
		err_free(e);
		printf("dead: %s\n", text);
		return 1;
	}
	int status = answer(word, &q, &s);
	if (!*word)
		pulse_show(status == 0 || status == ONLY_LIVE);
	return status ? 1 : 0;
}

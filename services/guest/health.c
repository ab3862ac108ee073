#include "health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "bench.h"
#include "probe.h"
#include "state.h"

#define DEAD_MS 30000 /* without a heart-beat */
#define LIMIT_MS 8000

static bool has_started(void)
{
	return !access(BENCH_RUN "/started", F_OK);
}

static int answer_live(enum state s, const char *why, int64_t age_ms)
{
	if (age_ms > DEAD_MS) {
		printf("dead: init has not been heard of for %d s\n", (int)(age_ms / 1000));
		return 1;
	}
	printf("live: %s%s%s\n", state_name(s), *why ? ": " : "", why);
	return 0;
}

static int answer_started(enum state s, const char *why)
{
	if (has_started()) {
		puts("started");
		return 0;
	}
	printf("not started: %s%s%s\n", state_name(s), *why ? ": " : "", why);
	return 1;
}

static void add_failing(struct text *t, const struct probe *p)
{
	const char *name;
	json_t *site;

	json_object_foreach(p->sites, name, site) {
		const char *what = json_string_value(site);
		if (!strcmp(what, "preparing"))
			text_printf(t, "; site %s is still being prepared", name);
		else if (strcmp(what, "ready") && strcmp(what, "maintenance"))
			text_printf(t, "; site %s: %s", name, what);
	}
}

/* To who asks for "ready" every door must be open; an engine is not told to restart a bench for its live events. */
static int answer_ready(bool every_door)
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
	add_failing(&t, &p);
	json_array_foreach(p.problems, i, problem)
		text_printf(&t, "; %s", json_string_value(problem));
	bool closed = p.failing || (every_door && p.mute);
	const char *word = closed ? "not ready" : p.maintenance ? "maintenance" : t.len ? "degraded" : "ready";
	printf("%s: %zu of %zu sites", word, p.ready, b.sites.count);
	if (p.maintenance)
		printf(", %zu in maintenance", p.maintenance);
	printf("%s\n", t.len ? t.bytes : "");
	return closed ? 1 : 0;
}

/* What a container engine should act upon: a start that takes its time, a standby and a stop are no
 * reason to restart anything. */
static int answer_engine(enum state s, const char *why, int64_t age_ms)
{
	if (age_ms > DEAD_MS || s == STATE_STANDBY || s == STATE_STOPPING || !has_started())
		return answer_live(s, why, age_ms);
	return answer_ready(false);
}

int health_main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	AUTO_FREE char *why = NULL;
	enum state s;
	int64_t age_ms;

	if (argc > 2 || (*word && strcmp(word, "live") && strcmp(word, "started") && strcmp(word, "ready"))) {
		fputs("usage: health [live|started|ready]\n", stderr);
		return ERR_USAGE;
	}
	struct err *e = state_read(&s, &why, &age_ms);
	if (e) {
		AUTO_FREE char *text = err_text(e);
		err_free(e);
		printf("dead: %s\n", text);
		return 1;
	}
	if (!strcmp(word, "live"))
		return answer_live(s, why, age_ms);
	if (!strcmp(word, "started"))
		return answer_started(s, why);
	if (*word && (s == STATE_STANDBY || !has_started())) {
		printf("not ready: %s%s%s\n", state_name(s), *why ? ": " : "", why);
		return 1;
	}
	return *word ? answer_ready(true) : answer_engine(s, why, age_ms);
}

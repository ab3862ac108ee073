/* SPDX-License-Identifier: MIT */
#include "launch/ready.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto_json.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "contract/run_files.h"
#include "engine/interrupt.h"
#include "launch/image_bench.h"
#include "launch/wait_policy.h"
#include "engine/port.h"
#include "engine/qemu.h"

#define NOTED_SECONDS 0.1 /* shorter steps are shown only as progress */
#define POLL_MILLISECONDS 300

/* Reads a file of the container as JSON, or NULL if it is not there (yet). */
static json_t *read_json(const struct engine *e, const char *name, const char *path)
{
	const char *const argv[] = { "cat", path, NULL };
	AUTO_FREE char *text = NULL;
	int status;
	struct err *failed = engine_exec(e, name, argv, &text, &status);

	err_free(failed);
	return failed || status ? NULL : json_loads(text, 0, NULL);
}

static const char *word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The state of a wait. */
struct wait {
	const struct engine *engine;
	const struct launch *launch;
	struct wait_policy patience;
	size_t shown; /* steps that have ended */
	bool begun, provisioned;
	char *words; /* the last line of health, or NULL */
};

static struct err *show_step(struct wait *w, const json_t *row, size_t *ended)
{
	struct progress *p = w->launch->progress;
	const char *state = word(row, "state"), *name = word(row, "step");
	double seconds = json_number_value(json_object_get(row, "seconds"));

	if (!strcmp(state, "failed"))
		return err_new(ERR_BUILD, "provisioning failed at the step '%s'", name);
	if (!strcmp(state, "running"))
		progress_item(p, name);
	if (strcmp(state, "done") || (*ended)++ < w->shown)
		return NULL;
	if (seconds >= NOTED_SECONDS)
		progress_note(p, "%-32s %6.1f s", name, seconds);
	progress_add(p, 1);
	w->shown++;
	wait_policy_moved(&w->patience, clock_ms());
	return NULL;
}

/* Shows each step that ended since the last look as a note, and the running one as the item. */
static struct err *show_steps(struct wait *w, const json_t *report)
{
	const json_t *steps = json_object_get(report, "steps");
	size_t ended = 0;

	if (!json_array_size(steps))
		return NULL;
	if (!w->begun) {
		progress_done(w->launch->progress, "its first process runs");
		progress_stage(w->launch->progress, "provision", json_array_size(steps), "steps");
	}
	w->begun = true;
	w->provisioned = !strcmp(word(report, "state"), "done");
	for (size_t i = 0; i < json_array_size(steps); i++)
		TRY(show_step(w, json_array_get(steps, i), &ended));
	return NULL;
}

static bool is_ready(const struct engine *e, const struct launch *l, char **ret_words)
{
	struct {
		const char **items;
		size_t count, room;
	} argv = { 0 };
	int status;

	if (!l->bundle->health)
		return port_open(l->port);
	for (const char *const *part = l->bundle->health; *part; part++)
		VEC_PUSH(&argv, *part);
	VEC_PUSH(&argv, "ready");
	VEC_PUSH(&argv, NULL);
	struct err *failed = engine_exec(e, l->name, argv.items, ret_words, &status);
	free(argv.items);
	err_free(failed);
	if (*ret_words)
		(*ret_words)[strcspn(*ret_words, "\n")] = '\0';
	return !failed && !status;
}

/* init reports whether a program is failing in a field of its own; its texts are for people. */
static void see_failing(struct wait *w)
{
	AUTO_JSON json_t *state =
		w->provisioned ? read_json(w->engine, w->launch->name, RUN_STATE_FILE) : NULL;

	if (json_object_size(json_object_get(state, "troubles")))
		wait_policy_failing(&w->patience, clock_ms());
}

/* While sites are being made, the steps say more than this. */
static void show_words(struct wait *w)
{
	if (w->begun && !w->provisioned)
		return;
	if (wait_policy_tells(&w->patience, clock_ms(), w->words))
		progress_note(w->launch->progress, "%s", w->words);
	if (w->words)
		progress_item(w->launch->progress, w->words);
}

/* While one long step runs, its output is the only sign of progress. */
static void listen_to_steps(struct wait *w)
{
	if (!w->begun || w->provisioned || !wait_policy_listens(&w->patience, clock_ms()))
		return;
	AUTO_FREE char *tail = w->engine->tail(w->engine, w->launch->name);
	wait_policy_heard(&w->patience, clock_ms(), tail);
}

/* Asks first and then reads: so all steps that made it ready are shown. */
static struct err *look(struct wait *w, bool *ret_ready)
{
	const struct engine *e = w->engine;
	const char *name = w->launch->name;

	free(w->words);
	w->words = NULL;
	if (e == &qemu_row)
		TRY(qemu_check(name));
	*ret_ready = is_ready(e, w->launch, &w->words);
	AUTO_JSON json_t *report = w->launch->bundle->health ? read_json(e, name, RUN_PROGRESS_FILE) : NULL;
	TRY(show_steps(w, report));
	if (*ret_ready)
		return NULL;
	see_failing(w);
	show_words(w);
	listen_to_steps(w);
	if (e->find(e, name) != ENGINE_RUNNING)
		return err_new(ERR_BUILD, "%s ended before it was ready", name);
	int minutes = wait_policy_over(&w->patience, clock_ms(), w->provisioned);
	return minutes ? err_new(ERR_BUILD, "%s is not ready and has made no progress for %d minutes%s%s",
				 name, minutes, w->words ? ": " : "", w->words ? w->words : "") :
			 NULL;
}

static struct err *with_tail(const struct engine *e, const char *name, struct err *failed)
{
	AUTO_FREE char *tail = e->tail(e, name);
	AUTO_TEXT struct text lines = { 0 };
	char *rest = tail;

	for (char *line; (line = strsep(&rest, "\r\n"));)
		if (*line)
			text_printf(&lines, "\n  | %s", line);
	AUTO_FREE char *text = err_text(failed);
	enum err_kind kind = err_kind(failed);
	err_free(failed);
	return err_new(kind, "%s%s", text, lines.len ? lines.bytes : "");
}

struct err *ready_wait(const struct engine *e, const struct launch *l, bool *ret_interrupted)
{
	int64_t now = clock_ms();
	struct wait w = { e, l, .patience = { .moved_ms = now, .told_ms = now, .slow = e == &qemu_row } };
	struct err *failed = NULL;

	*ret_interrupted = false;
	progress_stage(l->progress, "start", 0, NULL);
	for (bool ready = false; !ready && !failed && !*ret_interrupted;) {
		failed = look(&w, &ready);
		*ret_interrupted = interrupt_wait(-1, ready || failed ? 0 : POLL_MILLISECONDS);
	}
	free(w.words);
	text_done(&w.patience.told);
	if (failed && !*ret_interrupted)
		return with_tail(e, l->name, failed);
	err_free(failed);
	progress_done(l->progress, *ret_interrupted ? "interrupted" : "ready");
	return NULL;
}

/* Whether the name resolves to this machine. */
static bool is_known(const char *host)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;

	if (!strcmp(host, "localhost") || text_ends(host, ".localhost"))
		return true;
	if (getaddrinfo(host, NULL, &hints, &found))
		return false;
	bool here = ntohl(((struct sockaddr_in *)found->ai_addr)->sin_addr.s_addr) >> 24 == 127;
	freeaddrinfo(found);
	return here;
}

static void add_host(struct text *out, struct text *unknown, const char *host, unsigned port)
{
	text_printf(out, "  http://%s:%u\n", host, port);
	if (!is_known(host))
		text_printf(unknown, " %s", host);
}

struct err *ready_addresses(const struct engine *e, const struct launch *l, struct text *out)
{
	AUTO_BENCH struct bench b = { 0 };
	AUTO_TEXT struct text unknown = { 0 };

	TRY(image_bench_read(e, l->name, l->bundle->path, &b));
	for (size_t i = 0; i < b.sites.count; i++) {
		add_host(out, &unknown, b.sites.items[i].name, l->port);
		for (size_t j = 0; b.sites.items[i].hosts[j]; j++)
			add_host(out, &unknown, b.sites.items[i].hosts[j], l->port);
	}
	if (!b.sites.count)
		add_host(out, &unknown, "localhost", l->port);
	if (unknown.len)
		text_printf(out, "\n  To be found, these names need a line in /etc/hosts:\n  127.0.0.1%s\n",
			    unknown.bytes);
	if (b.sites.count)
		text_printf(out, "\n  %s's password, one a site:\n", b.admin_user);
	for (size_t i = 0; i < b.sites.count; i++)
		text_printf(out, "  mkbench run --exec %s cat /data/secrets/%s/admin_password\n", l->name,
			    b.sites.items[i].name);
	return NULL;
}

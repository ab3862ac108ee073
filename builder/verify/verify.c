/* SPDX-License-Identifier: MIT */
#include "verify/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "contract/event.h"
#include "engine/interrupt.h"
#include "verify/external_checks.h"
#include "launch/image_bench.h"
#include "launch/launch.h"
#include "engine/qemu.h"
#include "launch/ready.h"

/* The time that init promises for a stop (services/guest/README.md), and a disk's mkbench.service. */
#define STOP_SECONDS 10
#define STOP_SECONDS_DISK 60

struct verify {
	struct launch_prepared p;
	const char *image;
	bool json;
	json_t *rows;
	struct bench bench;
	size_t failed;
	double load_seconds, ready_seconds, stop_seconds;
};

static bool interrupted(void)
{
	return interrupt_wait(-1, 0);
}

static const char *word(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

/* Takes ownership of row. */
static void take_row(struct verify *v, json_t *row)
{
	bool ok = json_is_true(json_object_get(row, "ok"));

	v->failed += !ok;
	json_array_append_new(v->rows, row);
	if (v->json)
		return;
	AUTO_FREE char *line = mem_printf("%-4s %-9s %-28s %s\n", ok ? "ok" : "FAIL", word(row, "check"),
					  word(row, "of"), word(row, "says"));
	utf8_plain(line);
	fputs(line, stdout);
	fflush(stdout);
}

static void take(void *arg, const char *check, const char *of, struct err *e, const char *says)
{
	AUTO_FREE char *why = e ? err_text(e) : mem_dup(says);

	utf8_plain(why); /* JSON accepts only UTF-8 */
	take_row(arg, json_pack("{s:s, s:s*, s:b, s:s}", "check", check, "of", of, "ok", !e, "says", why));
	err_free(e);
}

static json_t *read_json(struct verify *v, const char *const *argv, struct err **ret_why)
{
	AUTO_FREE char *text = NULL;
	int status = 0;
	struct err *e = engine_exec(v->p.engine, v->p.launch.name, argv, &text, &status);
	json_t *value = e ? NULL : json_loads(text, 0, NULL);

	if (!e && !value)
		e = err_new(ERR_BUILD, "no report: %.*s", (int)strcspn(text, "\n"), text);
	*ret_why = e;
	return value;
}

/* Runs the checks described in services/guest/tools/ctl_verify.h. */
static void check_inside(struct verify *v)
{
	static const char *const argv[] = { "benchctl", "verify", "--json", NULL };
	struct err *why;
	json_t *report = read_json(v, argv, &why), *rows = json_object_get(report, "checks"), *row;
	size_t i;

	if (why || !json_array_size(rows))
		take(v, "inside", NULL, why ? why : err_new(ERR_BUILD, "a report without checks"), "");
	json_array_foreach(rows, i, row) take_row(v, json_incref(row));
	json_decref(report);
}

static void check_outside(struct verify *v)
{
	struct err *why = image_bench_read(v->p.engine, v->p.launch.name, v->p.bundle.path, &v->bench);

	if (why) {
		take(v, "outside", NULL, why, "");
		return;
	}
	struct external_checks o = { .bench = &v->bench, .port = v->p.launch.port, .take = take, .arg = v };
	for (size_t i = 0; !interrupted() && external_checks_run(&o, i); i++)
		continue;
}

static struct err *judge_stop(struct verify *v, double *ret_seconds)
{
	AUTO_FREE char *tail = v->p.engine->tail(v->p.engine, v->p.launch.name);
	double promised = v->p.engine == &qemu_row ? STOP_SECONDS_DISK : STOP_SECONDS;
	AUTO_EVENT struct event stopped;

	if (!event_find(tail, EVENT_STOPPED, &stopped))
		return err_new(ERR_BUILD, "it ended without reporting an ordered stop (images of older "
					  "mkbench versions never report it)");
	*ret_seconds = stopped.ms / 1e3;
	if (stopped.killed)
		return err_new(ERR_BUILD,
			       "stopped in %.1f s, but a program had to be killed: the next start recovers",
			       *ret_seconds);
	return *ret_seconds <= promised ?
		       NULL :
		       err_new(ERR_BUILD, "it took %.1f s, and %.0f s are promised", *ret_seconds, promised);
}

static void check_stop(struct verify *v)
{
	int64_t began = clock_ms();
	double own = 0;

	progress_stage(v->p.launch.progress, "stop", 0, NULL);
	struct err *e = v->p.engine->stop(v->p.engine, v->p.launch.name);
	v->stop_seconds = (double)(clock_ms() - began) / 1e3;
	progress_done(v->p.launch.progress, NULL);
	if (!e)
		e = judge_stop(v, &own);
	AUTO_FREE char *says = mem_printf("in order in %.1f s, gone after %.1f s", own, v->stop_seconds);
	take(v, "stop", NULL, e, says);
}

/* An error is something that kept us from checking; a fault of the image is a row. */
static struct err *check_all(struct verify *v)
{
	bool ended = false;
	int64_t began = clock_ms();

	TRY(launch_start(&v->p));
	struct err *e = ready_wait(v->p.engine, &v->p.launch, &ended);
	v->load_seconds = (double)(v->p.started_ms - began) / 1e3;
	v->ready_seconds = (double)(clock_ms() - v->p.started_ms) / 1e3;
	AUTO_FREE char *says = mem_printf("after %.1f s, %s", v->ready_seconds,
					  v->p.engine == &qemu_row ? "a disk in QEMU" : v->p.engine->name);
	if (!ended)
		take(v, "ready", NULL, e, says);
	/* problems have a row below */
	if (!interrupted() && v->p.engine->find(v->p.engine, v->p.launch.name) == ENGINE_RUNNING) {
		check_inside(v);
		check_outside(v);
	}
	if (!interrupted() && v->p.engine->find(v->p.engine, v->p.launch.name) == ENGINE_RUNNING)
		check_stop(v);
	return NULL;
}

/* Removes everything, whatever has happened. */
static struct err *sweep(const struct engine *e, const char *name)
{
	struct err *failed = NULL;

	if (e->find(e, name) == ENGINE_RUNNING)
		failed = e->stop(e, name);
	struct err *unclean = e->keeps(e, name) ? e->clean(e, name) : NULL;
	if (!failed)
		return unclean;
	err_free(unclean);
	return failed;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void print_json(const struct verify *v)
{
	json_t *report = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:b, s:i, s:O}", "format",
				   1, "image", v->image, "name", or_empty(v->bench.name), "version",
				   or_empty(v->bench.version), "build", or_empty(v->bench.build), "engine",
				   v->p.engine->name, "load_seconds", v->load_seconds, "ready_seconds",
				   v->ready_seconds, "stop_seconds", v->stop_seconds, "ok", !v->failed,
				   "failed", (int)v->failed, "checks", v->rows);

	json_dumpf(report, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(4));
	puts("");
	json_decref(report);
}

static struct err *summary(struct verify *v)
{
	size_t count = json_array_size(v->rows);

	if (v->json)
		print_json(v);
	else if (!v->failed)
		printf("\n%s: all %zu checks passed\n", v->image, count);
	return v->failed ? err_new(ERR_BUILD, "%s: %zu of %zu checks failed", v->image, v->failed, count) :
			   NULL;
}

static struct err *verify_opened(struct verify *v)
{
	struct err *e = check_all(v);
	const struct engine *engine = v->p.engine;
	struct err *left = sweep(engine, v->p.launch.name);

	if (interrupted()) {
		err_free(e);
		e = err_new(ERR_INTERRUPT, "interrupted");
	}
	if (!e)
		return left ? left : summary(v);
	err_free(left);
	return e;
}

struct err *verify_image(const struct run_options *o, bool json)
{
	struct run_options own = *o;
	AUTO_FREE char *name = mem_printf("mkbench-verify-%d", getpid());
	struct verify v = { .image = o->image, .json = json, .rows = json_array() };

	own.name = name;
	own.data = NULL;
	own.detach = false;
	interrupt_catch(); /* from here on there may be something to remove */
	struct err *e = launch_open(&own, &v.p);
	if (!e)
		e = verify_opened(&v);
	launch_close(&v.p);
	json_decref(v.rows);
	bench_json_done(&v.bench);
	return e;
}

/* SPDX-License-Identifier: MIT */
#include "tools/ctl_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/sanitize.h"
#include "tools/verify_files.h"
#include "tools/verify_listen.h"
#include "tools/verify_programs.h"
#include "tools/verify_sites.h"
#include "tools/verify_stores.h"
#include "disk/verity.h"

#define YOUNG_SECONDS 120
/* in all, with a bench that has just started: less than `mkbench verify` and its agent wait for an answer */
#define PATIENCE_MS 90000
#define PAUSE_MS 300

static void check_health(struct ctl_verify *v)
{
	static const char *const argv[] = { "/proc/self/exe", "health", "ready", NULL };
	AUTO_FREE char *words = NULL;
	int status = 0;
	struct err *e =
		child_run(&(struct child){ .argv = argv, .limit_seconds = 20 }, &words, NULL, &status);

	if (words)
		words[strcspn(words, "\n")] = '\0';
	if (!e && (status || !text_starts(words, "ready:")))
		e = err_new(ERR_SYSTEM, "%s", words);
	ctl_verify_row(v, NULL, e, "%s", words ? words : "");
}

static void check_root(struct ctl_verify *v)
{
	if (!access("/run/systemd/system", F_OK)) /* not in a container */
		ctl_verify_row(v, NULL, verity_check(),
			       "verified: each block that was read is what was built");
}

static const struct {
	const char *name;
	void (*run)(struct ctl_verify *v);
} checks[] = {
	{ "health", check_health },
	{ "process", verify_programs_processes },
	{ "unit", verify_programs_units },
	{ "root", check_root },
	{ "sql", verify_stores_sql },
	{ "redis", verify_stores_redis },
	{ "worker", verify_programs_workers },
	{ "jobs", verify_programs_jobs },
	{ "file", verify_files_all },
	{ "port", verify_listen_ports },
	{ "site", verify_sites_all },
};

void ctl_verify_row(struct ctl_verify *v, const char *of, struct err *why, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *says = why ? err_text(why) : mem_vprintf(fmt, ap);
	va_end(ap);

	v->failed += why != NULL;
	json_array_append_new(v->rows, json_pack("{s:s, s:s*, s:b, s:o}", "check", v->check, "of", of, "ok",
						 !why, "says", sanitize_json(says)));
	err_free(why);
}

/* Repeats the check until all is well or the time is over. */
static void run_check(struct ctl_verify *v, void (*run)(struct ctl_verify *v), int64_t until)
{
	for (;;) {
		json_array_clear(v->rows);
		v->failed = 0;
		run(v);
		if (!v->failed || clock_ms() + PAUSE_MS > until)
			return;
		clock_sleep(PAUSE_MS);
	}
}

/* A process that was started last may not have registered itself yet. */
static bool is_young(void)
{
	struct stat st;

	return !stat(BENCH_RUN "/started", &st) && time(NULL) - st.st_mtime < YOUNG_SECONDS;
}

json_t *ctl_verify_collect(const struct bench *b)
{
	struct ctl_verify v = { .bench = b, .rows = json_array() };
	json_t *all = json_array();
	int64_t until = clock_ms() + (is_young() ? PATIENCE_MS : 0);
	size_t failed = 0;

	for (size_t i = 0; i < COUNT(checks); i++) {
		v.check = checks[i].name;
		run_check(&v, checks[i].run, until);
		failed += v.failed;
		json_array_extend(all, v.rows);
	}
	json_decref(v.rows);
	return json_pack("{s:b, s:o}", "ok", !failed, "checks", all);
}

void ctl_verify_print(const json_t *report)
{
	const json_t *rows = json_object_get(report, "checks"), *row;
	size_t i, failed = 0;

	json_array_foreach(rows, i, row)
	{
		const char *of = json_string_value(json_object_get(row, "of"));
		bool ok = json_is_true(json_object_get(row, "ok"));
		failed += !ok;
		printf("%-4s %-8s %-28s %s\n", ok ? "ok" : "FAIL",
		       json_string_value(json_object_get(row, "check")), of ? of : "",
		       json_string_value(json_object_get(row, "says")));
	}
	if (failed)
		printf("\n%zu of %zu checks failed\n", failed, json_array_size(rows));
	else
		printf("\nall %zu checks passed\n", json_array_size(rows));
}

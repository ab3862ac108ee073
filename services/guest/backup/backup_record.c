/* SPDX-License-Identifier: MIT */
#include "backup/backup_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cron.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/sanitize.h"

#define RETRY_SECONDS 900
#define RETRY_LONGEST (6 * 3600)
#define LATE_SECONDS 3600

static char *path_of(const struct bench *b)
{
	return bench_in_data(b, BENCH_OWN "/backup.json");
}

struct err *backup_record_read(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *path = path_of(b);
	bool damaged;

	return durable_read_json(path, ret, &damaged);
}

static struct err *put(const struct bench *b, json_t *all)
{
	AUTO_FREE char *path = path_of(b);
	struct err *e = durable_json(path, all, 0600, &durable_root, NULL);

	json_decref(all);
	return e;
}

struct err *backup_record_good(const struct bench *b, const char *id)
{
	time_t now = time(NULL);
	json_t *all = NULL;
	struct tm tm;
	char at[32];

	TRY(backup_record_read(b, &all));
	all = all ? all : json_object();
	strftime(at, sizeof at, "%FT%TZ", gmtime_r(&now, &tm));
	json_object_set_new(all, "id", json_string(id));
	json_object_set_new(all, "at", json_string(at));
	json_object_set_new(all, "at_seconds", json_integer((json_int_t)now));
	json_object_del(all, "failed");
	return put(b, all);
}

void backup_record_failed(const struct bench *b, const char *why)
{
	json_t *all = NULL;
	struct err *e = backup_record_read(b, &all);
	json_int_t count = json_integer_value(json_object_get(json_object_get(all, "failed"), "count"));

	if (!e) {
		all = all ? all : json_object();
		json_object_set_new(all, "failed",
				    json_pack("{s:I, s:I, s:o}", "at_seconds", (json_int_t)time(NULL),
					      "count", count + 1, "why", sanitize_json(why)));
		e = put(b, all);
	}
	if (e)
		log_err(e, "cannot record that a backup failed");
}

static int64_t seconds_of(const json_t *o)
{
	return json_integer_value(json_object_get(o, "at_seconds"));
}

/* Parses the recipe's schedule. False when there is none, or an invalid one (the builder has checked it). */
static bool schedule(const struct bench *b, struct cron *c)
{
	return b->backup_to && b->backup_schedule && !cron_parse(b->backup_schedule, c);
}

int64_t backup_record_due(const struct bench *b)
{
	json_t *all = NULL;
	struct cron c;
	struct err *e = schedule(b, &c) ? backup_record_read(b, &all) : NULL;

	if (!schedule(b, &c) || e) {
		err_free(e);
		return -1;
	}
	json_t *failed = json_object_get(all, "failed");
	int64_t good = seconds_of(all), due = good ? cron_next(&c, good) : 0, wait = RETRY_SECONDS;
	for (json_int_t n = json_integer_value(json_object_get(failed, "count"));
	     n > 1 && wait < RETRY_LONGEST; n--)
		wait *= 2;
	wait = wait > RETRY_LONGEST ? RETRY_LONGEST : wait;
	if (failed && due < seconds_of(failed) + wait)
		due = seconds_of(failed) + wait;
	json_decref(all);
	return due;
}

static char *age(int64_t seconds)
{
	if (seconds >= 172800)
		return mem_printf("%lld days", (long long)seconds / 86400);
	if (seconds >= 7200)
		return mem_printf("%lld hours", (long long)seconds / 3600);
	return mem_printf("%lld minutes", (long long)seconds / 60);
}

char *backup_record_trouble(const struct bench *b)
{
	json_t *all = NULL;
	struct cron c;
	struct err *e = b->backup_to && !geteuid() ? backup_record_read(b, &all) : NULL;
	json_t *failed = json_object_get(all, "failed");
	int64_t now = (int64_t)time(NULL), good = seconds_of(all);
	bool late = good && schedule(b, &c) && now > cron_next(&c, cron_next(&c, good)) + LATE_SECONDS;
	char *text = NULL;

	err_free(e);
	if (failed || late) {
		const char *why = json_string_value(json_object_get(failed, "why"));
		AUTO_FREE char *old = age(now - good);
		AUTO_FREE char *last = good ? mem_printf("the last good one is %s old", old) :
					      mem_dup("there is no good one");
		text = failed ? mem_printf("the last backup failed: %s; %s", why ? why : "", last) :
				mem_printf("no backup was made when it was due: %s", last);
	}
	json_decref(all);
	return text;
}

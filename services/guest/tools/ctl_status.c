/* SPDX-License-Identifier: MIT */
#include "tools/ctl_status.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "backup/backup_record.h"
#include "base/mem.h"
#include "base/text.h"
#include "jobs/queue.h"
#include "lib/durable.h"
#include "lib/redis.h"
#include "lib/sanitize.h"
#include "provision/resource_plan.h"
#include "provision/probe.h"
#include "start/state.h"
#include "lib/supervisor.h"
#include "upgrade/release_change.h"
#include "provision/volume.h"

#define LIMIT_MS 8000

static json_t *collect_programs(const struct bench *b, bool *fine)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	json_t *programs = json_array();
	struct err *e = supervisor_list(b, &list);

	if (e)
		*fine = false;
	err_free(e);
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		json_int_t seconds = p->pid ? p->now - p->start : 0;
		json_array_append_new(programs,
				      json_pack("{s:s, s:s, s:s, s:i, s:I, s:o}", "name", p->name, "group",
						p->group, "state", p->state, "pid", (int)p->pid, "seconds",
						seconds, "problem", sanitize_json(p->problem)));
	}
	return programs;
}

static json_t *collect_volume(const struct bench *b)
{
	AUTO_FREE char *id = volume_id(b);
	struct statvfs fs;
	json_int_t room = statvfs(b->data, &fs) ? 0 : (json_int_t)(fs.f_bavail * fs.f_frsize);

	return json_pack("{s:s, s:s*, s:I}", "path", b->data, "id", id, "free_bytes", room);
}

/* NULL when there is no queue, or it does not answer, which is reported elsewhere. */
static json_t *collect_jobs(const struct bench *b)
{
	AUTO_QUEUE_VIEW struct queue_view v = { 0 };
	const struct bench_redis *r = redis_queue(b);
	struct err *e = r && bench_json_has_role(b, ROLE_WORKER) ? queue_look(r, &v) :
								   err_new(ERR_SYSTEM, "no queue");
	json_int_t now = (json_int_t)time(NULL), lost = (json_int_t)queue_lost(&v, now), running = 0;

	for (size_t i = 0; i < v.count; i++)
		running += v.items[i].member != NULL;
	json_t *jobs = e ? NULL :
			   json_pack("{s:I, s:I, s:I, s:I}", "waiting", (json_int_t)v.waiting, "running",
				     running, "failed", (json_int_t)v.failed, "lost", lost);
	if (jobs && v.oldest && v.oldest <= now)
		json_object_set_new(jobs, "oldest_seconds", json_integer(now - v.oldest));
	err_free(e);
	return jobs;
}

static json_t *collect_steps(void)
{
	json_t *steps = NULL;
	bool damaged;
	struct err *e = durable_read_json(BENCH_RUN "/steps.json", &steps, &damaged);

	err_free(e);
	return steps ? steps : json_object();
}

/* A standby runs no site, which is no problem: the other instance serves them. */
static json_t *collect_standby(const struct bench *b)
{
	json_t *sites = json_object();

	for (size_t i = 0; i < b->sites.count; i++)
		json_object_set_new(sites, b->sites.items[i].name, json_string("standby"));
	return sites;
}

static void collect_bench(const struct bench *b, struct probe *p, bool *ret_fine)
{
	probe_run(b, LIMIT_MS, p);
	*ret_fine &= !p->failing && !p->preparing && !json_array_size(p->problems);
}

/* Each app with its version and what it was built from. */
static json_t *collect_apps(const struct bench *b)
{
	json_t *apps = json_array();

	for (size_t i = 0; i < b->apps.count; i++) {
		const struct bench_app *a = &b->apps.items[i];
		json_array_append_new(apps, json_pack("{s:s, s:s*, s:s*}", "name", a->name, "version",
						      a->version, "source", bench_app_source(a)));
	}
	return apps;
}

/* Leaves out where backups are kept: the address may hold a login. NULL: the image makes none. */
static json_t *collect_backup(const struct bench *b, const char *trouble)
{
	json_t *last = NULL, *row;
	int64_t due = backup_record_due(b);
	struct err *e = b->backup_to ? backup_record_read(b, &last) : NULL;
	json_t *at = json_object_get(last, "at_seconds");

	err_free(e);
	if (!b->backup_to)
		return NULL;
	row = json_pack("{s:O*, s:O*, s:s*}", "id", json_object_get(last, "id"), "at",
			json_object_get(last, "at"), "trouble", trouble);
	if (at)
		json_object_set_new(row, "age_seconds",
				    json_integer((json_int_t)time(NULL) - json_integer_value(at)));
	if (due >= 0)
		json_object_set_new(row, "due_seconds", json_integer(due));
	json_decref(last);
	return row;
}

json_t *ctl_status_collect(const struct bench *b, bool *ret_fine)
{
	AUTO_PROBE struct probe p = { 0 };
	AUTO_STATE struct state_report s = { 0 };
	struct err *e = state_read(&s);
	const char *state = e || state_is_dead(&s) ? "dead" : state_name(s.state);

	*ret_fine = !e && s.state == STATE_RUNNING;
	err_free(e);
	bool standby = !strcmp(state, "standby");
	if (standby) {
		p = (struct probe){ .sites = collect_standby(b), .problems = json_array() };
		*ret_fine = s.serves;
	} else {
		collect_bench(b, &p, ret_fine);
	}
	json_t *status = json_pack("{s:s, s:s*, s:{s:s, s:s, s:s}, s:o, s:o, s:O, s:O, s:o}", "state", state,
				   "why", *s.why ? s.why : NULL, "image", "name", b->name, "version",
				   b->version, "build", b->build, "volume", collect_volume(b), "programs",
				   standby ? json_array() : collect_programs(b, ret_fine), "sites", p.sites,
				   "problems", p.problems, "provisioning", collect_steps());
	AUTO_FREE char *change = release_change(b, NULL);
	if (*change)
		json_object_set_new(status, "upgrade", sanitize_json(change));
	json_object_set_new(status, "apps", collect_apps(b));
	json_t *jobs = standby ? NULL : collect_jobs(b);
	if (jobs)
		json_object_set_new(status, "jobs", jobs);
	AUTO_FREE char *trouble = backup_record_trouble(b);
	json_t *backup = collect_backup(b, trouble);
	*ret_fine &= !trouble;
	if (backup)
		json_object_set_new(status, "backup", backup);
	int64_t killed = resource_plan_killed("");
	if (killed >= 0)
		json_object_set_new(status, "killed_for_memory", json_integer(killed));
	json_object_set_new(status, "fine", json_boolean(*ret_fine));
	return status;
}

static const char *text_of(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static void print_age(json_int_t seconds)
{
	if (seconds >= 172800)
		printf("%lld days", seconds / 86400);
	else if (seconds >= 7200)
		printf("%lld hours", seconds / 3600);
	else if (seconds >= 120)
		printf("%lld minutes", seconds / 60);
	else
		printf("%lld seconds", seconds);
}

static void print_programs(json_t *programs)
{
	json_t *p;
	size_t i;

	json_array_foreach(programs, i, p)
	{
		printf("  %-30s %-9s", text_of(p, "name"), text_of(p, "state"));
		json_int_t pid = json_integer_value(json_object_get(p, "pid"));
		if (pid) {
			printf(" pid %-7lld ", pid);
			print_age(json_integer_value(json_object_get(p, "seconds")));
		}
		printf("%s%s\n", *text_of(p, "problem") ? " " : "", text_of(p, "problem"));
	}
}

static void print_steps(json_t *provisioning)
{
	json_t *steps = json_object_get(provisioning, "steps"), *step;
	size_t i, done = 0;

	json_array_foreach(steps, i, step) done += !strcmp(text_of(step, "state"), "done");
	if (json_array_size(steps))
		printf("provisioning  %s: %zu of %zu steps\n", text_of(provisioning, "state"), done,
		       json_array_size(steps));
	json_array_foreach(steps, i, step) if (!strcmp(text_of(step, "state"), "running") ||
					       !strcmp(text_of(step, "state"), "failed"))
		printf("  %-30s %s %s\n", text_of(step, "step"), text_of(step, "state"),
		       text_of(step, "why"));
}

static void print_jobs(json_t *jobs)
{
	static const char *const counts[] = { "waiting", "running", "failed", "lost" };
	json_t *oldest = json_object_get(jobs, "oldest_seconds");

	if (!jobs)
		return;
	for (size_t i = 0; i < COUNT(counts); i++)
		printf("%s%lld %s", i ? ", " : "jobs          ",
		       json_integer_value(json_object_get(jobs, counts[i])), counts[i]);
	if (oldest) {
		fputs("; the oldest waits for ", stdout);
		print_age(json_integer_value(oldest));
	}
	puts("");
}

static void print_apps(json_t *apps)
{
	json_t *one;
	size_t i;

	json_array_foreach(apps, i, one) printf("%s%s%s%s", i ? ", " : "apps          ", text_of(one, "name"),
						*text_of(one, "version") ? " " : "", text_of(one, "version"));
	if (json_array_size(apps))
		puts("");
}

static void print_backup(json_t *backup)
{
	json_t *age = json_object_get(backup, "age_seconds"), *due = json_object_get(backup, "due_seconds");

	if (!backup)
		return;
	fputs("backup        ", stdout);
	if (age) {
		printf("%s, ", text_of(backup, "id"));
		print_age(json_integer_value(age));
		fputs(" old, was restored to try it", stdout);
	} else {
		fputs("none yet", stdout);
	}
	if (due) {
		time_t at = (time_t)json_integer_value(due);
		char text[32];
		struct tm tm;
		strftime(text, sizeof text, "%F %R UTC", gmtime_r(&at, &tm));
		printf("; the next one %s", at <= time(NULL) ? "is due now" : text);
	}
	puts("");
	if (*text_of(backup, "trouble"))
		printf("  %s\n", text_of(backup, "trouble"));
}

/* The kernel ends workers before web servers, and both before MariaDB and Redis:
 * services/supervisor/supervisord. */
static void print_killed(json_int_t killed)
{
	if (killed > 0)
		printf("memory        the kernel has ended %lld of our processes because memory was short, "
		       "workers first: give more, or have fewer workers\n",
		       killed);
}

void ctl_status_print(json_t *status)
{
	json_t *image = json_object_get(status, "image"), *volume = json_object_get(status, "volume"), *one;
	char room[16];
	const char *name;
	size_t i;

	printf("state         %s%s%s\n", text_of(status, "state"), *text_of(status, "why") ? ": " : "",
	       text_of(status, "why"));
	printf("image         %s %s, build %.12s\n", text_of(image, "name"), text_of(image, "version"),
	       text_of(image, "build"));
	print_apps(json_object_get(status, "apps"));
	if (*text_of(status, "upgrade"))
		printf("upgrade       %s\n", text_of(status, "upgrade"));
	printf("volume        %s, %s free, id %s\n", text_of(volume, "path"),
	       text_size((double)json_integer_value(json_object_get(volume, "free_bytes")), room),
	       text_of(volume, "id"));
	print_steps(json_object_get(status, "provisioning"));
	if (json_array_size(json_object_get(status, "programs")))
		puts("programs");
	print_programs(json_object_get(status, "programs"));
	print_jobs(json_object_get(status, "jobs"));
	print_killed(json_integer_value(json_object_get(status, "killed_for_memory")));
	print_backup(json_object_get(status, "backup"));
	puts("sites");
	json_object_foreach(json_object_get(status, "sites"), name, one)
		printf("  %-30s %s\n", name, json_string_value(one));
	if (json_array_size(json_object_get(status, "problems")))
		puts("problems");
	json_array_foreach(json_object_get(status, "problems"), i, one)
		printf("  %s\n", json_string_value(one));
}

void ctl_status_print_sites(const struct bench *b, json_t *status)
{
	json_t *sites = json_object_get(status, "sites");

	for (size_t i = 0; i < b->sites.count; i++) {
		const struct bench_site *s = &b->sites.items[i];
		printf("%-30s %-12s %s", s->name, text_of(sites, s->name),
		       s->added ? "added" : "of the image");
		for (const char *const *app = s->apps; *app; app++)
			printf("%s%s", app == s->apps ? "; apps " : " ", *app);
		for (const char *const *host = s->hosts; *host; host++)
			printf("%s%s", host == s->hosts ? "; also " : " ", *host);
		puts("");
	}
}

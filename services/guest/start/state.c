/* SPDX-License-Identifier: MIT */
#include "start/state.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/bench.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/sysfile.h"

static const char *const names[] = { "standby", "starting", "running", "degraded", "stopping", "failed" };

const char *state_name(enum state s)
{
	return names[s];
}

void state_publish(const struct state_report *s)
{
	json_t *all = json_pack("{s:s, s:I, s:I, s:I, s:b, s:b, s:s*, s:O*}", "state", names[s->state],
				"beat_ms", (json_int_t)clock_ms(), "begun_ms", (json_int_t)s->begun_ms,
				"since_ms", (json_int_t)s->since_ms, "stood_by", (int)s->stood_by, "serves",
				(int)s->serves, "why", s->why, "troubles", s->troubles);
	struct err *e = durable_folder(BENCH_RUN, 0755, &durable_root);

	if (!e)
		e = durable_show(RUN_STATE_FILE, all, 0644);
	json_decref(all);
	if (s->state == STATE_STOPPING)
		unlink(BENCH_RUN "/ready"); /* a load balancer must go elsewhere from now on */
	if (e)
		log_err(e, "cannot write the instance's state");
}

void state_set(struct state_report *r, enum state s, const char *why)
{
	if (s != r->state)
		r->since_ms = clock_ms();
	free(r->why);
	r->why = why ? mem_dup(why) : NULL;
	r->state = s;
	state_publish(r);
}

static int64_t number(json_t *all, const char *key)
{
	return json_integer_value(json_object_get(all, key));
}

/* Whether a process is our program under the name init, or boot, as on a disk. */
static bool is_init(const char *pid, const struct stat *self)
{
	AUTO_FREE char *exe = mem_printf("/proc/%s/exe", pid), *path = mem_printf("/proc/%s/cmdline", pid);
	struct stat st;

	if (stat(exe, &st) < 0 || st.st_dev != self->st_dev || st.st_ino != self->st_ino)
		return false;
	AUTO_FREE char *name = sysfile_read(path, NULL);
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash + 1 : name;
	return !strcmp(last, "init") || !strcmp(last, "boot");
}

static bool init_runs(void)
{
	struct stat self;
	DIR *dir = stat("/proc/self/exe", &self) < 0 ? NULL : opendir("/proc");
	bool found = false;

	for (struct dirent *d; dir && !found && (d = readdir(dir));)
		found = d->d_name[0] >= '1' && d->d_name[0] <= '9' && is_init(d->d_name, &self);
	if (dir)
		closedir(dir);
	return found;
}

struct err *state_read(struct state_report *ret)
{
	json_t *all;
	bool damaged;

	*ret = (struct state_report){ .state = STATE_DEGRADED, .why = mem_dup("") };
	TRY(durable_read_json(RUN_STATE_FILE, &all, &damaged));
	if (!all && !init_runs())
		return err_new(ERR_SYSTEM, "init is not running here: no " RUN_STATE_FILE);
	if (!all) {
		ret->state = STATE_STARTING;
		ret->begun_ms = ret->since_ms = ret->beat_ms = clock_ms();
		return NULL;
	}
	const char *name = json_string_value(json_object_get(all, "state"));
	const char *why = json_string_value(json_object_get(all, "why"));
	for (size_t i = 0; i < COUNT(names); i++)
		if (name && !strcmp(names[i], name))
			ret->state = (enum state)i;
	free(ret->why);
	ret->why = mem_dup(why ? why : "");
	ret->begun_ms = number(all, "begun_ms");
	ret->since_ms = number(all, "since_ms");
	ret->beat_ms = number(all, "beat_ms");
	ret->stood_by = json_is_true(json_object_get(all, "stood_by"));
	ret->serves = json_is_true(json_object_get(all, "serves"));
	ret->troubles = json_incref(json_object_get(all, "troubles"));
	json_decref(all);
	return NULL;
}

struct err *state_check_up(void)
{
	AUTO_STATE struct state_report s = { 0 };

	TRY(state_read(&s));
	if (s.state != STATE_RUNNING && s.state != STATE_DEGRADED)
		return err_new(ERR_SYSTEM, "the bench is not up (%s): try again when it is",
			       state_name(s.state));
	return NULL;
}

void state_done(struct state_report *s)
{
	free(s->why);
	json_decref(s->troubles);
	*s = (struct state_report){ 0 };
}

bool state_is_dead(const struct state_report *s)
{
	return clock_ms() - s->beat_ms > STATE_DEAD_MS;
}

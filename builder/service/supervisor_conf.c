/* SPDX-License-Identifier: MIT */
#include "service/supervisor_conf.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "contract/bench_json.h"
#include "template/quote.h"

/* After this many retries, each a second later than the one before, Supervisor gives a program up; init
 * retries it without limit (services/guest/lib/restart_backoff.h). */
#define START_RETRIES 3

static bool is_bench(const struct process *p)
{
	return p->phase == PHASE_BENCH;
}

static struct err *write_environment(const struct process *p, struct text *out)
{
	if (!*p->env)
		return NULL;
	text_put(out, "environment=");
	TRY(quote_supervisor_env(out, p->env));
	text_put(out, "\n");
	return NULL;
}

static void write_start(const struct process *p, struct text *out)
{
	text_printf(out, "priority=%" PRIu64 "\nautostart=%s\nautorestart=true\n", p->row->priority,
		    p->phase == PHASE_FIRST ? "true" : "false");
	text_printf(out, "startsecs=%" PRIu64 "\nstartretries=%d\n", p->row->start_seconds, START_RETRIES);
}

static void write_stop(const struct process *p, struct text *out)
{
	const struct manifest_stop *stop = &p->row->stop;

	text_printf(out, "stopsignal=%s\nstopwaitsecs=%lu\n", stop->signal, p->stop_seconds);
	if (stop->signal_group)
		text_put(out, "stopasgroup=true\n");
	if (stop->kill_group)
		text_put(out, "killasgroup=true\n");
}

static void write_log(const struct process *p, struct text *out)
{
	text_printf(out, "redirect_stderr=true\nstdout_logfile=" BENCH_DATA "/service-logs/%s%s.log\n",
		    p->name, p->count ? "-%(process_num)d" : "");
	text_put(out, "stdout_logfile_maxbytes=5MB\nstdout_logfile_backups=2\n");
}

static struct err *write_program(const struct process *p, struct text *out)
{
	text_printf(out, "[program:%s]\ncommand=", p->name);
	TRY_AS(quote_supervisor_words(out, p->argv), "process %s", p->name);
	text_printf(out, "\ndirectory=%s\n", p->directory);
	if (strcmp(p->user, "root"))
		text_printf(out, "user=%s\numask=027\n", p->user);
	TRY_AS(write_environment(p, out), "process %s", p->name);
	if (p->count)
		text_printf(out, "numprocs=%lu\nprocess_name=%%(program_name)s-%%(process_num)d\n", p->count);
	write_start(p, out);
	write_stop(p, out);
	write_log(p, out);
	text_put(out, "\n");
	return NULL;
}

/* Whether it is the first process of its group within its part. */
static bool leads(const struct service_set *s, size_t i)
{
	const struct process *p = s->processes.items;

	for (size_t k = 0; k < i; k++)
		if (!strcmp(p[k].group, p[i].group) && is_bench(&p[k]) == is_bench(&p[i]))
			return false;
	return true;
}

static void write_group(const struct service_set *s, size_t leader, struct text *out)
{
	const struct process *p = s->processes.items;

	text_printf(out, "[group:%s]\nprograms=%s", p[leader].group, p[leader].name);
	for (size_t i = leader + 1; i < s->processes.count; i++)
		if (!strcmp(p[i].group, p[leader].group))
			text_printf(out, ",%s", p[i].name);
	text_printf(out, "\npriority=%" PRIu64 "\n\n", p[leader].row->priority);
}

struct err *supervisor_conf_write(const struct service_set *s, bool bench, struct text *out)
{
	const struct process *p = s->processes.items;

	text_printf(out, "; %s of %s.\n\n", bench ? "The bench's own processes" : "What the bench stands on",
		    s->recipe->name);
	for (size_t i = 0; i < s->processes.count; i++)
		if (is_bench(&p[i]) == bench)
			TRY(write_program(&p[i], out));
	for (size_t i = 0; i < s->processes.count; i++)
		if (is_bench(&p[i]) == bench && leads(s, i))
			write_group(s, i, out);
	return NULL;
}

void supervisor_conf_bench_groups(const struct service_set *s, struct text *out)
{
	for (size_t i = 0; i < s->processes.count; i++)
		if (is_bench(&s->processes.items[i]) && leads(s, i))
			text_printf(out, "%s%s:*", out->len ? " " : "", s->processes.items[i].group);
}

void supervisor_conf_procfile(const struct service_set *s, struct text *out)
{
	for (size_t i = 0; i < s->processes.count; i++) {
		const struct process *p = &s->processes.items[i];
		for (unsigned long n = 0; is_bench(p) && n < (p->count ? p->count : 1); n++) {
			AUTO_FREE char *name = process_name(p, n);
			text_printf(out, "%s: cd %s && exec env ", name, p->directory);
			quote_shell_words(out, p->env);
			text_put(out, " ");
			quote_shell_words(out, p->argv);
			text_put(out, "\n");
		}
	}
}

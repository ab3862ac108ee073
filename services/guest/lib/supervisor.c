/* SPDX-License-Identifier: MIT */
#include "lib/supervisor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/http_client.h"
#include "lib/log.h"
#include "lib/process_stat.h"
#include "lib/socket.h"

#define UP_MS 20 /* a start waits for the answer */
#define LOOK_MS 500
#define LONG_MS 20000
#define IMPORT_SECONDS 300
#define GREET_MS 200

/* The text of the first element <tag> before end, with entities decoded; NULL when there is none. */
static char *element(const char *at, const char *end, const char *tag)
{
	static const struct {
		const char *entity;
		char plain;
	} entities[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }, { "&amp;", '&' },
	};
	AUTO_FREE char *open = mem_printf("<%s>", tag);
	AUTO_FREE char *close = mem_printf("</%s>", tag);
	const char *from = strstr(at, open), *to = from ? strstr(from, close) : NULL;
	struct text t = { 0 };

	if (!to || to > end)
		return NULL;
	for (from += strlen(open); from < to;) {
		size_t step = 1;
		char c = *from;
		for (size_t i = 0; c == '&' && i < COUNT(entities); i++)
			if (text_starts(from, entities[i].entity)) {
				step = strlen(entities[i].entity);
				c = entities[i].plain;
			}
		text_add(&t, &c, 1);
		from += step;
	}
	return text_take(&t);
}

/* The value of one member of the struct that ends at end. */
static char *member(const char *at, const char *end, const char *name)
{
	AUTO_FREE char *label = mem_printf("<name>%s</name>", name);
	const char *from = strstr(at, label), *to = from ? strstr(from, "</member>") : NULL;

	if (!to || to > end)
		return mem_dup("");
	char *value = element(from, to, "string");
	if (!value)
		value = element(from, to, "int");
	return value ? value : mem_dup("");
}

/* XML-RPC's int has four bytes, and no number that we read is negative; else 0. */
static int number(const char *at, const char *end, const char *name)
{
	AUTO_FREE char *text = member(at, end, name);
	long value = strtol(text, NULL, 10);

	return value > 0 && value <= INT32_MAX ? (int)value : 0;
}

const struct bench_program *supervisor_program(const struct bench *b, const char *group, const char *name)
{
	for (size_t i = 0; i < b->programs.count; i++) {
		const struct bench_program *p = &b->programs.items[i];
		size_t len = strlen(p->name);
		if (strcmp(p->group, group) || strncmp(p->name, name, len))
			continue;
		const char *rest = name + len;
		if (*rest == '-' || *rest == '_')
			rest += 1 + strspn(rest + 1, "0123456789");
		if (!*rest)
			return p;
	}
	return NULL;
}

struct err *supervisor_parse(const struct bench *b, const char *xml, struct process_list *ret)
{
	const char *fault = strstr(xml, "<fault>");

	if (fault) {
		AUTO_FREE char *why = member(fault, xml + strlen(xml), "faultString");
		return err_new(ERR_SYSTEM, "supervisor: %s", why);
	}
	for (const char *at = xml; (at = strstr(at, "<struct>"));) {
		const char *end = strstr(at, "</struct>");
		if (!end)
			return err_new(ERR_SYSTEM, "supervisor: the answer was cut short");
		struct process p = {
			.name = member(at, end, "name"),
			.group = member(at, end, "group"),
			.state = member(at, end, "statename"),
			.problem = member(at, end, "spawnerr"),
			.log = member(at, end, "stdout_logfile"),
			.pid = number(at, end, "pid"),
			.start = number(at, end, "start"),
			.now = number(at, end, "now"),
		};
		p.program = supervisor_program(b, p.group, p.name);
		VEC_PUSH(ret, p);
		at = end;
	}
	return NULL;
}

/* Parameters are texts, then "do not wait" where the call takes it. */
static struct err *call(const struct bench *b, const char *method, const char *const *texts, bool no_wait,
			unsigned limit_ms, char **ret_xml)
{
	AUTO_TEXT struct text body = { 0 };
	int status;

	text_printf(&body,
		    "<?xml version=\"1.0\"?><methodCall><methodName>supervisor.%s</methodName><params>",
		    method);
	for (; texts && *texts; texts++)
		text_printf(&body, "<param><value><string>%s</string></value></param>", *texts);
	text_printf(&body, "%s</params></methodCall>",
		    no_wait ? "<param><value><boolean>0</boolean></value></param>" : "");
	struct http_client_question q = {
		.socket = b->supervisor_socket, .path = "/RPC2", .body = body.bytes, .limit_ms = limit_ms
	};
	TRY_AS(http_client_ask(&q, &status, ret_xml), "supervisor");
	return status == 200 ? NULL : err_new(ERR_SYSTEM, "supervisor answers with HTTP status %d", status);
}

struct err *supervisor_list(const struct bench *b, struct process_list *ret)
{
	AUTO_FREE char *xml = NULL;

	TRY(call(b, "getAllProcessInfo", NULL, false, SUPERVISOR_CALL_MS, &xml));
	return supervisor_parse(b, xml, ret);
}

void supervisor_list_done(struct process_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct process *p = &list->items[i];
		free(p->name);
		free(p->group);
		free(p->state);
		free(p->problem);
		free(p->log);
	}
	free(list->items);
	*list = (struct process_list){ 0 };
}

/* Fault codes for "it is so already": 60 ALREADY_STARTED, 70 NOT_RUNNING. */
static struct err *act(const struct bench *b, const char *method, const struct process *p, const char *extra,
		       bool no_wait, unsigned limit_ms, int fine)
{
	AUTO_FREE char *name = mem_printf("%s:%s", p->group, p->name);
	const char *texts[] = { name, extra, NULL };
	AUTO_FREE char *xml = NULL;

	TRY(call(b, method, texts, no_wait, limit_ms, &xml));
	const char *fault = strstr(xml, "<fault>");
	if (!fault || number(fault, xml + strlen(xml), "faultCode") == fine)
		return NULL;
	AUTO_FREE char *why = member(fault, xml + strlen(xml), "faultString");
	return err_new(ERR_SYSTEM, "supervisor: %s %s: %s", method, name, why);
}

struct err *supervisor_start(const struct bench *b, const struct process *p)
{
	return act(b, "startProcess", p, NULL, true, SUPERVISOR_ORDER_MS, 60);
}

struct err *supervisor_stop(const struct bench *b, const struct process *p, unsigned limit_ms)
{
	return act(b, "stopProcess", p, NULL, true, limit_ms, 70);
}

struct err *supervisor_signal(const struct bench *b, const struct process *p, const char *signal)
{
	return act(b, "signalProcess", p, signal, false, SUPERVISOR_ORDER_MS, 70);
}

static struct err *list_when_up(const struct bench *b, unsigned limit_ms, struct process_list *ret)
{
	int64_t until = clock_ms() + limit_ms;

	for (;;) {
		struct err *e = supervisor_list(b, ret);
		if (!e || clock_ms() > until)
			return e;
		err_free(e);
		supervisor_list_done(ret);
		clock_sleep(UP_MS);
	}
}

static bool is_down(const struct process *p)
{
	return !strcmp(p->state, "STOPPED") || !strcmp(p->state, "EXITED") || !strcmp(p->state, "FATAL");
}

static struct err *start_role(const struct bench *b, int role, unsigned limit_ms)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	TRY(list_when_up(b, limit_ms, &list));
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		if (!p->program || p->program->role != role || !is_down(p))
			continue;
		if (role == ROLE_PRELOAD && b->preload_socket)
			unlink(b->preload_socket); /* of one that was killed */
		TRY(supervisor_start(b, p));
	}
	return NULL;
}

/* Whether the process *pid of the preload still imports; *pid is 0 before the first look. One that died while
 * it imported, or that takes too long, is not waited for: nor by whoever comes later. */
static struct err *imports(const struct bench *b, unsigned limit_ms, pid_t *pid, bool *ret)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	TRY(list_when_up(b, limit_ms, &list));
	*ret = false;
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		if (!p->program || p->program->role != ROLE_PRELOAD)
			continue;
		*ret = p->pid && (!*pid || *pid == p->pid) && p->now - p->start < IMPORT_SECONDS;
		*pid = p->pid;
	}
	return NULL;
}

/* The preload makes the others once it has imported what they want; without it each starts by itself. */
static struct err *await_preload(const struct bench *b, unsigned limit_ms)
{
	bool goes_on = b->preload_socket && bench_json_has_role(b, ROLE_PRELOAD), waited = false;
	pid_t pid = 0;

	if (goes_on)
		TRY(start_role(b, ROLE_PRELOAD, limit_ms));
	for (unsigned ms = 0; goes_on && access(b->preload_socket, F_OK) < 0; ms += UP_MS) {
		clock_sleep(UP_MS);
		if (ms % LOOK_MS == 0)
			TRY(imports(b, limit_ms, &pid, &goes_on));
		goes_on &= ms < IMPORT_SECONDS * 1000u; /* whatever becomes of the clock */
		if (goes_on && ms == LONG_MS)
			log_line("the application is still being imported: web server and workers wait for "
				 "that, for %d s at most",
				 IMPORT_SECONDS);
		waited |= ms == LONG_MS;
	}
	if (waited && access(b->preload_socket, F_OK) < 0)
		log_line("the application was not imported: web server and workers do that themselves");
	return NULL;
}

struct err *supervisor_start_role(const struct bench *b, int role, unsigned limit_ms)
{
	if (role == ROLE_WEB || role == ROLE_WORKER || role == ROLE_SCHEDULER)
		TRY(await_preload(b, limit_ms));
	return start_role(b, role, limit_ms);
}

void supervisor_let_start(const struct bench *b, const struct process *p, unsigned limit_ms)
{
	int64_t until = clock_ms() + limit_ms;

	if (!p->program || p->program->role != ROLE_MARIADB)
		return;
	while (process_stat_is_alive(p->pid) && clock_ms() < until && !socket_greets(b->sql_socket, GREET_MS))
		clock_sleep(UP_MS);
}

struct err *supervisor_stop_started(const struct bench *b, const struct process *p)
{
	supervisor_let_start(b, p, p->program ? p->program->stop_seconds * 1000 / 2 : 0);
	return supervisor_stop(b, p, SUPERVISOR_ORDER_MS);
}

/* This ends: Supervisor kills what does not stop in its own time. */
struct err *supervisor_stop_phase(const struct bench *b, int phase, unsigned limit_ms)
{
	for (bool up = true; up; clock_sleep(50)) {
		AUTO_PROCESSES struct process_list list = { 0 };
		up = false;
		TRY(list_when_up(b, limit_ms, &list));
		for (size_t i = 0; i < list.count; i++) {
			const struct process *p = &list.items[i];
			if (!p->program || (int)p->program->phase != phase || is_down(p))
				continue;
			up = true;
			if (strcmp(p->state, "STOPPING"))
				TRY(supervisor_stop_started(b, p));
		}
	}
	return NULL;
}

struct err *supervisor_start_phase(const struct bench *b, int phase, unsigned limit_ms)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	if (phase == PHASE_BENCH)
		TRY(await_preload(b, limit_ms));
	TRY(list_when_up(b, limit_ms, &list));
	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		if (p->program && (int)p->program->phase == phase && strcmp(p->state, "RUNNING") &&
		    strcmp(p->state, "STARTING"))
			TRY(supervisor_start(b, p));
	}
	return NULL;
}

struct err *supervisor_signal_role(const struct bench *b, int role, const char *signal)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	TRY(supervisor_list(b, &list));
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].program && list.items[i].program->role == role && list.items[i].pid > 0)
			TRY(supervisor_signal(b, &list.items[i], signal));
	return NULL;
}

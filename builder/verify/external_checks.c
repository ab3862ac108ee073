/* SPDX-License-Identifier: MIT */
#include "verify/external_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verify/http_probe.h"

#define NOBODY "nobody.invalid"

static const char *word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool has_role(const json_t *bench, const char *role)
{
	const json_t *programs = json_object_get(bench, "programs");

	for (size_t i = 0; i < json_array_size(programs); i++)
		if (!strcmp(word(json_array_get(programs, i), "role"), role))
			return true;
	return false;
}

/* A page that is answered with a status. */
static void check_status(struct external_checks *o, const char *host, const char *path, int wanted)
{
	const struct http_probe x = { o->port, host, path };
	AUTO_FREE char *body = NULL;
	int status = 0;
	struct err *e = http_probe_get(&x, &status, &body);
	AUTO_FREE char *says = mem_printf("HTTP status %d for %s", status, path);

	if (!e && status != wanted)
		e = err_new(ERR_BUILD, "%s instead of %d", says, wanted);
	o->take(o->arg, o->check, host, e, says);
}

static void each_site(struct external_checks *o, void (*check)(struct external_checks *o, const char *host))
{
	const json_t *sites = json_object_get(o->bench, "sites");

	for (size_t i = 0; i < json_array_size(sites); i++)
		check(o, word(json_array_get(sites, i), "name"));
}

static void page_of_site(struct external_checks *o, const char *host)
{
	check_status(o, host, "/", 200);
}

static void check_pages(struct external_checks *o)
{
	const json_t *sites = json_object_get(o->bench, "sites");

	each_site(o, page_of_site);
	for (size_t i = 0; i < json_array_size(sites); i++) {
		const json_t *hosts = json_object_get(json_array_get(sites, i), "hosts");
		for (size_t j = 0; j < json_array_size(hosts); j++)
			page_of_site(o, json_string_value(json_array_get(hosts, j)));
	}
}

static void ping_of_site(struct external_checks *o, const char *host)
{
	check_status(o, host, word(json_object_get(o->bench, "framework"), "probe_path"), 200);
}

static void check_pings(struct external_checks *o)
{
	if (*word(json_object_get(o->bench, "framework"), "probe_path"))
		each_site(o, ping_of_site);
}

/* Without Nginx, in development, there is nobody who refuses, and live events have a port of their own. */
static void check_unknown(struct external_checks *o)
{
	const char *who = word(json_object_get(o->bench, "nginx"), "unknown_host");

	if (has_role(o->bench, "nginx"))
		check_status(o, NOBODY, "/", !*who || !strcmp(who, "refuse") ? 404 : 200);
}

static void polling_of_site(struct external_checks *o, const char *host)
{
	const struct http_probe x = { o->port, host, word(json_object_get(o->bench, "socketio"), "path") };
	AUTO_FREE char *body = NULL;
	int status = 0;
	struct err *e = http_probe_get(&x, &status, &body);

	if (!e && status != 200)
		e = err_new(ERR_BUILD, "HTTP status %d for %s", status, x.path);
	else if (!e && !strstr(body, "\"sid\""))
		e = err_new(ERR_BUILD, "%s answers without a session", x.path);
	o->take(o->arg, o->check, host, e, "a session is opened");
}

/* The first message of Engine.IO is "0" and the session as JSON. */
static void websocket_of_site(struct external_checks *o, const char *host)
{
	const char *polling = word(json_object_get(o->bench, "socketio"), "path"), *end = strstr(polling, "transport=polling");
	AUTO_FREE char *path = mem_printf("%.*stransport=websocket", end ? (int)(end - polling) : (int)strlen(polling), polling);
	AUTO_FREE char *message = NULL;
	struct err *e = http_probe_websocket(&(struct http_probe){ o->port, host, path }, &message);

	if (!e && (!text_starts(message, "0{") || !strstr(message, "\"sid\"")))
		e = err_new(ERR_BUILD, "the first message opens no session: %.40s", message);
	o->take(o->arg, o->check, host, e, "upgraded, a session is opened");
}

static void check_polling(struct external_checks *o)
{
	if (has_role(o->bench, "nginx") && has_role(o->bench, "socketio"))
		each_site(o, polling_of_site);
}

static void check_websocket(struct external_checks *o)
{
	if (has_role(o->bench, "nginx") && has_role(o->bench, "socketio"))
		each_site(o, websocket_of_site);
}

static const struct {
	const char *name;
	void (*run)(struct external_checks *o);
} checks[] = {
	{ "page", check_pages },
	{ "ping", check_pings },
	{ "unknown", check_unknown },
	{ "polling", check_polling },
	{ "websocket", check_websocket },
};

bool external_checks_run(struct external_checks *o, size_t number)
{
	if (number >= COUNT(checks))
		return false;
	o->check = checks[number].name;
	checks[number].run(o);
	return true;
}

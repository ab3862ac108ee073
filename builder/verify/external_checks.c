/* SPDX-License-Identifier: MIT */
#include "verify/external_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verify/http_probe.h"

#define NOBODY "nobody.invalid"

/* Checks that a page answers with a certain status. */
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
	for (size_t i = 0; i < o->bench->sites.count; i++)
		check(o, o->bench->sites.items[i].name);
}

static void page_of_site(struct external_checks *o, const char *host)
{
	check_status(o, host, "/", 200);
}

static void check_pages(struct external_checks *o)
{
	each_site(o, page_of_site);
	for (size_t i = 0; i < o->bench->sites.count; i++)
		for (const char *const *host = o->bench->sites.items[i].hosts; *host; host++)
			page_of_site(o, *host);
}

static void ping_of_site(struct external_checks *o, const char *host)
{
	check_status(o, host, o->bench->probe_path, 200);
}

static void check_pings(struct external_checks *o)
{
	if (*o->bench->probe_path)
		each_site(o, ping_of_site);
}

/* In development there is no Nginx to refuse unknown hosts, and live events have their own port. */
static void check_unknown(struct external_checks *o)
{
	const char *who = o->bench->unknown_host;

	if (bench_json_has_role(o->bench, ROLE_NGINX))
		check_status(o, NOBODY, "/", !*who || !strcmp(who, "refuse") ? 404 : 200);
}

static void polling_of_site(struct external_checks *o, const char *host)
{
	const struct http_probe x = { o->port, host, o->bench->socketio_path };
	AUTO_FREE char *body = NULL;
	int status = 0;
	struct err *e = http_probe_get(&x, &status, &body);

	if (!e && status != 200)
		e = err_new(ERR_BUILD, "HTTP status %d for %s", status, x.path);
	else if (!e && !strstr(body, "\"sid\""))
		e = err_new(ERR_BUILD, "%s answers without a session", x.path);
	o->take(o->arg, o->check, host, e, "a session is opened");
}

/* Engine.IO's first message is "0" followed by the session as JSON. */
static void websocket_of_site(struct external_checks *o, const char *host)
{
	const char *polling = o->bench->socketio_path, *end = strstr(polling, "transport=polling");
	AUTO_FREE char *path = mem_printf("%.*stransport=websocket",
					  end ? (int)(end - polling) : (int)strlen(polling), polling);
	AUTO_FREE char *message = NULL;
	struct err *e = http_probe_websocket(&(struct http_probe){ o->port, host, path }, &message);

	if (!e && (!text_starts(message, "0{") || !strstr(message, "\"sid\"")))
		e = err_new(ERR_BUILD, "the first message opens no session: %.40s", message);
	o->take(o->arg, o->check, host, e, "upgraded, a session is opened");
}

static void check_polling(struct external_checks *o)
{
	if (bench_json_has_role(o->bench, ROLE_NGINX) && bench_json_has_role(o->bench, ROLE_SOCKETIO))
		each_site(o, polling_of_site);
}

static void check_websocket(struct external_checks *o)
{
	if (bench_json_has_role(o->bench, ROLE_NGINX) && bench_json_has_role(o->bench, ROLE_SOCKETIO))
		each_site(o, websocket_of_site);
}

static const struct {
	const char *name;
	void (*run)(struct external_checks *o);
} checks[] = {
	{ "page", check_pages },      { "ping", check_pings },		{ "unknown", check_unknown },
	{ "polling", check_polling }, { "websocket", check_websocket },
};

bool external_checks_run(struct external_checks *o, size_t number)
{
	if (number >= COUNT(checks))
		return false;
	o->check = checks[number].name;
	checks[number].run(o);
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "provision/door.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/socket.h"
#include "lib/durable.h"
#include "lib/http_client.h"
#include "lib/log.h"
#include "provision/inside_names.h"
#include "provision/nginx_map.h"
#include "lib/supervisor.h"

#define CHECK_SECONDS 60
#define PAGE_MS 30000
/* the web server still answers a question that was given up, and the next ones wait behind it */
#define ANSWER_MS 10000
#define CLOSED_MS 3000
/* after one answer by the new map, an old nginx worker may still answer by the old one */
#define IN_A_ROW 4
#define TURN_MS 25
#define PAUSE_LONGEST_MS 400

/* Has nginx check the configuration that is in place now. */
static struct err *check(const struct bench *b)
{
	AUTO_FREE char *said = NULL;
	const struct child c = { .argv = b->nginx_check, .cwd = "/", .limit_seconds = CHECK_SECONDS };
	int status = 0;

	if (!b->nginx_check[0])
		return NULL;
	TRY(child_run(&c, &said, NULL, &status));
	if (!status)
		return NULL;
	const char *why = strstr(said, "[emerg] ");
	why = why ? why + strlen("[emerg] ") : said;
	why += strspn(why, "0123456789#: "); /* skip the pid */
	return err_new(ERR_SYSTEM, "nginx refuses its configuration: %.*s", (int)strcspn(why, "\n"), why);
}

/* Puts the new map in place. If nginx refuses it, puts the old one back. */
static struct err *try_map(const struct bench *b, const bool *ready, bool *ret_changed)
{
	AUTO_FREE char *text = nginx_map_text(b, ready), *old = NULL;
	bool changed = false;
	size_t len;

	err_free(file_read(b->sites_file, 4 << 20, &old, &len));
	TRY(durable_update(b->sites_file, text, 0644, &durable_root, &changed));
	struct err *refused = changed ? check(b) : NULL;
	if (refused && old)
		err_free(durable_update(b->sites_file, old, 0644, &durable_root, NULL));
	else if (refused)
		unlink(b->sites_file);
	else if (ret_changed)
		*ret_changed = changed;
	return refused;
}

/* Adds the sites one by one and leaves out those that nginx refuses, so that the others are served. */
static struct err *sift_map(const struct bench *b, const bool *ready, bool *ret_changed)
{
	struct bench some = *b;
	AUTO_FREE struct bench_site *sites = some.sites.items = mem_array(b->sites.count, sizeof *sites);
	AUTO_FREE bool *open = mem_array(b->sites.count, sizeof *open);
	bool changed = false;

	some.sites.count = 0;
	TRY(try_map(&some, open, &changed));
	*ret_changed |= changed;
	for (size_t i = 0; i < b->sites.count; i++) {
		sites[some.sites.count] = b->sites.items[i];
		open[some.sites.count++] = ready[i];
		struct err *refused = try_map(&some, open, &changed);
		*ret_changed |= changed && !refused;
		some.sites.count -= refused != NULL;
		if (refused)
			log_err(refused, "site %s is left out", b->sites.items[i].name);
	}
	return NULL;
}

static struct err *write_map(const struct bench *b, const bool *ready, bool *ret_changed)
{
	struct err *refused = try_map(b, ready, ret_changed);

	if (!refused)
		return NULL;
	log_err(refused, "the map of hosts");
	return sift_map(b, ready, ret_changed);
}

/* Publishes which sites are open, for health and benchctl, and the sites' names for programs inside. */
static struct err *show_sites(const struct bench *b, const bool *ready)
{
	json_t *sites = json_object();

	inside_names_write(b);
	for (size_t i = 0; i < b->sites.count; i++)
		json_object_set_new(sites, b->sites.items[i].name, json_boolean(ready[i]));
	struct err *e = durable_show(BENCH_RUN "/sites.json", sites, 0644);
	json_decref(sites);
	return e;
}

/* Nginx would not start if it had to listen on IPv6 without a kernel for it, or on a port that another
 * program holds. A running nginx keeps what it listens on. */
static struct err *write_listen(const struct bench *b)
{
	AUTO_TEXT struct text lines = { 0 };

	if (!b->listen_file || (!access(b->listen_file, F_OK) && !socket_is_free(b->http_port)))
		return NULL;
	if (socket_has_ipv6())
		text_printf(&lines, "listen [::]:%u default_server;\n", b->http_port);
	if (inside_names_port(b))
		text_printf(&lines, "listen 127.0.0.1:%u default_server;\n", INSIDE_NAMES_PORT);
	return durable_update(b->listen_file, lines.bytes ? lines.bytes : "", 0644, &durable_root, NULL);
}

struct err *door_prepare(const struct bench *b, const bool *ready)
{
	bool changed = false;

	TRY(write_listen(b));
	TRY(show_sites(b, ready));
	struct err *e = write_map(b, ready, &changed);
	if (e)
		/* Everything else can be repaired from inside. */
		log_err(e, "cannot write the map of hosts, nginx serves no new site");
	return NULL;
}

/* Nginx takes a while to reload, and the web server to start. When a person reads "done", the site must
 * answer with its own page. */
static struct err *wait_for_page(const struct bench *b, const char *site, bool is_new)
{
	struct http_client_question q = {
		.port = b->http_port, .path = b->probe_path, .host = site, .limit_ms = ANSWER_MS
	};
	int64_t until = clock_ms() + PAGE_MS;
	unsigned pause_ms = TURN_MS;
	int status = 0;

	/* each request before the web server is up adds a line to nginx' log */
	for (int good = 0; clock_ms() < until; clock_sleep(good ? TURN_MS : pause_ms)) {
		pause_ms = 2 * pause_ms < PAUSE_LONGEST_MS ? 2 * pause_ms : PAUSE_LONGEST_MS;
		struct err *e = http_client_ask(&q, &status, NULL);
		/* of an older site, 503 is its maintenance page */
		bool old_map = is_new && (status == 404 || status == 503);
		good = !e && status != 502 && status != 504 && !old_map ? good + 1 : 0;
		err_free(e);
		if (good == (is_new ? IN_A_ROW : 1))
			return NULL;
	}
	return err_new(ERR_SYSTEM, "site %s does not answer at %s (HTTP status %d)", site, b->probe_path,
		       status);
}

/* Waits until nginx does not know the host any more, or gives up after a while: with unknown_host another
 * site may answer for it. */
static void wait_for_none(const struct bench *b, const char *host)
{
	struct http_client_question q = {
		.port = b->http_port, .path = b->probe_path, .host = host, .limit_ms = 1000
	};
	int64_t until = clock_ms() + CLOSED_MS;

	for (int gone = 0; gone < IN_A_ROW && clock_ms() < until; clock_sleep(TURN_MS)) {
		int status = 200;
		struct err *e = http_client_ask(&q, &status, NULL);
		gone = !e && status == 404 ? gone + 1 : 0;
		err_free(e);
	}
}

struct err *door_close(struct provision_context *w)
{
	const struct bench *b = &w->bench;
	bool changed = false;

	TRY(show_sites(b, w->ready));
	TRY(write_map(b, w->ready, &changed));
	if (!changed)
		return NULL;
	TRY(supervisor_signal_role(b, ROLE_NGINX, "HUP"));
	for (size_t i = 0; i < b->drops.count; i++)
		wait_for_none(b, b->drops.items[i].name);
	return NULL;
}

/* At a start, a site that does not answer is for the health check to report; for add-site it is an error. */
static struct err *see_page(const struct provision_context *w, const char *site, bool is_new)
{
	struct err *e = wait_for_page(&w->bench, site, is_new);

	if (e && !w->only) {
		log_err(e, "warning");
		return NULL;
	}
	return e;
}

struct err *door_open(struct provision_context *w, bool *ret_did)
{
	const struct bench *b = &w->bench;

	TRY(supervisor_start_role(b, ROLE_WEB, PAGE_MS)); /* before the workers: visitors need not wait */
	TRY(w->only ? try_map(b, w->ready, ret_did) : write_map(b, w->ready, ret_did));
	TRY(show_sites(b, w->ready));
	if (*ret_did)
		TRY(supervisor_signal_role(b, ROLE_NGINX, "HUP"));
	for (size_t i = 0; i < b->sites.count; i++)
		if (w->ready[i] && (!w->only || !strcmp(w->only, b->sites.items[i].name)))
			return see_page(w, b->sites.items[i].name, *ret_did);
	return NULL;
}

void door_reload(const struct bench *b)
{
	struct err *e = supervisor_signal_role(b, ROLE_NGINX, "HUP");

	if (e)
		log_err(e, "nginx could not be told to reload");
	else
		log_line("nginx was told to reload");
}

/* SPDX-License-Identifier: MIT */
#include "provision/probe.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/http_client.h"
#include "provision/provision_steps.h"
#include "lib/sanitize.h"
#include "lib/socket.h"
#include "lib/reason.h"
#include "lib/redis.h"
#include "provision/site_account.h"
#include "lib/supervisor.h"
#include "provision/volume.h"

#define ONE_MS 3000

static unsigned left(int64_t until)
{
	int64_t ms = until - clock_ms();

	return ms < 1 ? 1 : ms < ONE_MS ? (unsigned)ms : ONE_MS;
}

static bool says_maintenance(json_t *config)
{
	json_t *value = json_object_get(config, "maintenance_mode");

	return json_is_true(value) || json_integer_value(value);
}

static bool in_maintenance(const struct bench *b, json_t *config)
{
	AUTO_FREE char *path = bench_in_data(b, "/sites/common_site_config.json");
	json_t *common = NULL;
	bool damaged;
	struct err *e = durable_read_json_as(&b->user, path, &common, &damaged);
	bool both = says_maintenance(config) || says_maintenance(common);

	err_free(e);
	json_decref(common);
	return both;
}

static struct err *probe_page(const struct bench *b, unsigned port, const struct bench_site *s,
			      unsigned limit_ms, int *ret_status)
{
	struct http_client_question q = {
		.port = port, .path = b->probe_path, .host = s->name, .limit_ms = limit_ms
	};

	return http_client_ask(&q, ret_status, NULL);
}

static struct err *probe_account(const struct bench *b, json_t *config, unsigned limit_ms)
{
	AUTO_SQL struct sql *s = NULL;
	int64_t one;

	TRY(site_account_open(b, config, 1 + limit_ms / 1000, &s));
	return sql_number(s, &one, "SELECT 1");
}

static struct err *probe_site(const struct bench *b, unsigned port, const struct bench_site *s, int64_t until,
			      bool *ret_maintenance)
{
	json_t *config = NULL;
	int status = 0;

	*ret_maintenance = false;
	TRY(site_account_config(b, s->name, &config));
	struct err *e = probe_page(b, port, s, left(until), &status);
	if (!e && status == 503 && in_maintenance(b, config))
		*ret_maintenance = true;
	else if (!e && status != 200)
		e = err_new(ERR_SYSTEM, "%s answers with HTTP status %d", b->probe_path, status);
	if (!e)
		e = probe_account(b, config, left(until));
	json_decref(config);
	return e;
}

static void console_notice(struct probe *p, struct err *e)
{
	if (!e)
		return;
	AUTO_FREE char *why = err_text(e);
	json_array_append_new(p->problems, sanitize_json(why));
	err_free(e);
}

static struct err *probe_live(const struct bench *b, unsigned port, const char *site, unsigned limit_ms)
{
	AUTO_FREE char *body = NULL;
	struct http_client_question q = {
		.port = port, .path = b->socketio_path, .host = site, .limit_ms = limit_ms
	};
	int status;

	TRY_AS(http_client_ask(&q, &status, &body), "socketio");
	if (status != 200 || !strstr(body, "\"sid\""))
		return err_new(ERR_SYSTEM, "socketio: no handshake for %s (HTTP status %d)", site, status);
	return NULL;
}

/* Through the port that a browser uses: nginx's, where there is one. It would log as an error what does not
 * listen yet. */
static struct err *probe_live_in_front(const struct bench *b, const char *site, int64_t until)
{
	AUTO_CLOSE int fd = -1;

	if (!bench_json_has_role(b, ROLE_NGINX))
		return probe_live(b, b->socketio_port, site, left(until));
	TRY_AS(socket_connect(NULL, b->socketio_port, left(until), &fd), "socketio");
	return probe_live(b, b->http_port, site, left(until));
}

static void probe_sites(const struct bench *b, int64_t until, struct probe *p)
{
	json_t *opened = NULL;
	bool damaged;
	struct err *unknown = durable_read_json(BENCH_RUN "/sites.json", &opened, &damaged);

	err_free(unknown);
	for (size_t i = 0; i < b->sites.count; i++) {
		bool maintenance;
		if (!json_is_true(json_object_get(opened, b->sites.items[i].name))) {
			json_object_set_new(p->sites, b->sites.items[i].name, json_string("preparing"));
			p->preparing++;
			continue;
		}
		struct err *e = probe_site(b, b->http_port, &b->sites.items[i], until, &maintenance);
		AUTO_FREE char *why = e ? err_text(e) : NULL;
		if (e)
			p->failing++;
		else if (maintenance)
			p->maintenance++;
		else
			p->ready++;
		if (!e && bench_json_has_role(b, ROLE_SOCKETIO)) {
			struct err *live = probe_live_in_front(b, b->sites.items[i].name, until);
			p->mute |= live != NULL;
			console_notice(p, live);
		}
		json_object_set_new(p->sites, b->sites.items[i].name,
				    sanitize_json(why	      ? why :
						  maintenance ? "maintenance" :
								"ready"));
		err_free(e);
	}
	json_decref(opened);
}

/* A program that was stopped on purpose is a problem too: nobody else would notice. Before the bench's
 * programs are started it is none. */
static struct err *probe_programs(const struct bench *b, struct probe *p)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	TRY(supervisor_list(b, &list));
	bool begun = !access(PROVISION_STEPS_SERVING, F_OK);
	for (size_t i = 0; i < list.count; i++) {
		const struct process *one = &list.items[i];
		if (!begun && !strcmp(one->state, "STOPPED"))
			continue;
		AUTO_FREE char *why = reason_is_wanted(one) ? reason_of(one) : mem_dup("");
		if (one->program && strcmp(one->state, "RUNNING") && strcmp(one->state, "STARTING"))
			console_notice(p, err_new(ERR_SYSTEM, "%s is %s%s%s", one->name, one->state,
						  *why ? ": " : "", why));
	}
	return NULL;
}

void probe_run(const struct bench *b, unsigned limit_ms, struct probe *p)
{
	int64_t until = clock_ms() + limit_ms;

	*p = (struct probe){ .sites = json_object(), .problems = json_array() };
	probe_sites(b, until, p);
	for (size_t i = 0; i < b->redis.count; i++)
		console_notice(p, redis_probe(&b->redis.items[i], left(until)));
	console_notice(p, probe_programs(b, p));
	console_notice(p, volume_room(b));
}

struct err *probe_behind(const struct bench *b, const struct bench_site *s, unsigned limit_ms)
{
	bool maintenance;
	int64_t until = clock_ms() + limit_ms;

	TRY(probe_site(b, b->web_port, s, until, &maintenance));
	return bench_json_has_role(b, ROLE_SOCKETIO) ? probe_live(b, b->socketio_port, s->name, left(until)) :
						       NULL;
}

void probe_done(struct probe *p)
{
	json_decref(p->sites);
	json_decref(p->problems);
}

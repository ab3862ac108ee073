/* SPDX-License-Identifier: MIT */
#include "provision/prebaked.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/command.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/lay.h"
#include "lib/log.h"

#define MARK "unpack/"
/* sites in one run: their secrets are one environment variable, whose size Linux limits */
#define AT_ONCE 100

char *prebaked_path(const char *below)
{
	AUTO_FREE char *name = mem_printf(PREBAKED "%s%s", *below ? "/" : "", below);

	return bench_beside(name);
}

struct err *prebaked_list(json_t **ret)
{
	AUTO_FREE char *path = prebaked_path("list.json");
	bool damaged;

	TRY(durable_read_json(path, ret, &damaged));
	if (damaged || (*ret && (!json_is_string(json_object_get(*ret, "id")) ||
				 !json_is_array(json_object_get(*ret, "sites")))))
		return err_new(ERR_SYSTEM, "%s is damaged: load the image again", path);
	return NULL;
}

static char *mark_of(const char *id, const char *site)
{
	return mem_printf(MARK "%s/%s", id, site);
}

bool prebaked_waits(const struct provision_context *w, const char *site)
{
	AUTO_FREE char *mark = w->prebaked ? mark_of(w->prebaked, site) : NULL,
		       *made = mem_printf("site/%s", site);

	return mark && ledger_state(w->ledger, mark) == LEDGER_DONE &&
	       ledger_state(w->ledger, made) != LEDGER_DONE;
}

struct marks {
	char **items;
	size_t count, room;
};

static void note_mark(const char *step, enum ledger_state state, void *arg)
{
	struct marks *m = arg;

	if (state != LEDGER_NEVER && text_starts(step, MARK))
		VEC_PUSH(m, mem_dup(step));
}

static void drop_marks(struct marks *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->items[i]);
	free(m->items);
}

bool prebaked_is_due(const struct provision_context *w)
{
	AUTO_FREE char *list = prebaked_path("list.json");
	struct marks all = { 0 };

	ledger_each(w->ledger, note_mark, &all);
	bool some = all.count > 0;
	drop_marks(&all);
	return some || !access(list, F_OK);
}

/* Sites that another image's copy has left are no start for ours: those without secrets yet are made again
 * by the framework, after site_database has removed the rest. A finished site needs its mark no more:
 * somebody may drop it and make it again. */
static struct err *settle_mark(struct provision_context *w, const char *step, bool tables)
{
	const char *id = step + strlen(MARK), *slash = strchr(id, '/');
	AUTO_FREE char *site = mem_dup(slash + 1), *made = mem_printf("site/%s", site);
	bool own = w->prebaked && strlen(w->prebaked) == (size_t)(slash - id) && text_starts(id, w->prebaked);

	if (ledger_state(w->ledger, made) == LEDGER_DONE)
		return ledger_forget(w->ledger, step);
	if (own)
		return NULL;
	log_line("site %s was unpacked by another image and had no secrets of its own yet: it is made again",
		 site);
	if (tables) {
		TRY(ledger_begin(w->ledger, made));
	} else {
		AUTO_FREE char *folder = mem_printf("%s/sites/%s", w->bench.data, site);
		TRY(file_remove_tree(folder));
	}
	return ledger_forget(w->ledger, step);
}

static struct err *settle(struct provision_context *w, bool tables)
{
	struct marks all = { 0 };
	struct err *e = NULL;

	ledger_each(w->ledger, note_mark, &all);
	for (size_t i = 0; !e && i < all.count; i++)
		e = settle_mark(w, all.items[i], tables);
	drop_marks(&all);
	return e;
}

/* Somebody put a site of that name there before the first start: it must not be overwritten. */
static bool is_free(const struct provision_context *w, const json_t *sites)
{
	const json_t *name;
	size_t i;

	json_array_foreach((json_t *)sites, i, name)
	{
		AUTO_FREE char *folder = mem_printf("%s/sites/%s", w->bench.data, json_string_value(name));
		AUTO_FREE char *mark = mark_of(w->prebaked, json_string_value(name));
		if (ledger_state(w->ledger, mark) == LEDGER_NEVER && file_folder_holds(folder)) {
			log_line("warning: %s is there already: the sites are made here, not taken from the "
				 "image",
				 folder);
			return false;
		}
	}
	return true;
}

static struct err *lay_over(const char *from, const char *to)
{
	TRY(file_remove_tree(to));
	return lay_tree(from, to);
}

static struct err *lay_redis(const struct bench *b)
{
	for (size_t i = 0; i < b->redis.count; i++) {
		AUTO_FREE char *name = mem_printf("redis/%s", b->redis.items[i].name),
			       *from = prebaked_path(name);
		if (b->redis.items[i].data && !access(from, F_OK))
			TRY(lay_over(from, b->redis.items[i].data));
	}
	return NULL;
}

static struct err *mark_all(struct provision_context *w, const json_t *sites,
			    struct err *(*mark)(struct ledger *l, const char *step))
{
	const json_t *name;
	size_t i;

	json_array_foreach((json_t *)sites, i, name)
	{
		AUTO_FREE char *step = mark_of(w->prebaked, json_string_value(name));
		TRY(mark(w->ledger, step));
	}
	return NULL;
}

/* MariaDB's folder gets its name last: until then, the next start begins the copy again. */
static struct err *unpack(struct provision_context *w, const json_t *sites)
{
	const struct bench *b = &w->bench;
	AUTO_FREE char *staging = mem_printf("%s.new", b->sql_data),
		       *parent = mem_ndup(b->sql_data, (size_t)(strrchr(b->sql_data, '/') - b->sql_data));
	AUTO_FREE char *server = prebaked_path("mariadb");
	const json_t *name;
	size_t i;

	TRY(mark_all(w, sites, ledger_begin));
	json_array_foreach((json_t *)sites, i, name)
	{
		AUTO_FREE char *below = mem_printf("sites/%s", json_string_value(name)),
			       *from = prebaked_path(below);
		AUTO_FREE char *to = mem_printf("%s/sites/%s", b->data, json_string_value(name));
		TRY(lay_over(from, to));
		crash_at("unpack", "mid");
	}
	TRY(lay_redis(b));
	TRY(lay_over(server, staging));
	TRY(durable_sync_all(b->data));
	TRY(mark_all(w, sites, ledger_done));
	crash_at("unpack", "commit");
	if (rename(staging, b->sql_data) < 0)
		return err_errno(errno, "%s is there, but holds no tables of MariaDB: is it somebody else's?",
				 b->sql_data);
	return durable_sync_folder(parent);
}

struct err *prebaked_unpack(struct provision_context *w, bool *ret_did)
{
	AUTO_FREE char *tables = mem_printf("%s/mysql", w->bench.sql_data);
	bool there = !access(tables, F_OK);
	json_t *list = NULL;
	struct err *e = prebaked_list(&list);
	const json_t *sites = json_object_get(list, "sites");

	if (!e && list && !w->prebaked)
		w->prebaked = mem_dup(json_string_value(json_object_get(list, "id")));
	if (!e)
		e = settle(w, there);
	*ret_did = !e && list && !there && is_free(w, sites);
	if (*ret_did)
		e = unpack(w, sites);
	json_decref(list);
	return e;
}

struct err *prebaked_renew_sites(struct provision_context *w, struct site *sites, size_t count)
{
	struct placeholders_word words[3 * AT_ONCE];
	json_t *rows = json_array();
	struct err *e = NULL;
	size_t n = 0;

	for (size_t i = 0; i < count && n + 3 <= COUNT(words); i++) {
		const struct site *s = &sites[i];
		json_array_append_new(rows, json_pack("{s:s, s:s*}", "site", s->row->name, "admin_password",
						      s->admin_password));
		words[n++] = (struct placeholders_word){ "admin_password", s->admin_password };
		words[n++] = (struct placeholders_word){ "db_password", s->db_password };
		words[n++] = (struct placeholders_word){ "encryption_key", s->encryption_key };
	}
	AUTO_FREE char *text = json_dumps(rows, JSON_COMPACT),
		       *variable = mem_printf("MKBENCH_SITES=%s", text ? text : "[]");
	const char *const env[] = { variable, NULL };
	for (size_t i = 0; !e && i < w->bench.renew.count; i++)
		e = command_run(&w->bench, &w->bench.renew.items[i], &w->bench.user, words, n, env);
	json_decref(rows);
	return e;
}

/* Gives a site everything that it has before the framework's first step. */
static struct err *prepare(struct provision_context *w, struct site *s)
{
	bool did;

	TRY(site_secrets(w, s, &did));
	TRY(site_database(w, s, &did));
	return site_folder(w, s, &did);
}

/* The waiting sites from first on that fit into one run; *first becomes the start of the next run. */
static struct err *renew_some(struct provision_context *w, size_t *first)
{
	struct site sites[AT_ONCE];
	struct err *e = NULL;
	size_t n = 0;

	for (; !e && *first < w->bench.sites.count && n < COUNT(sites); (*first)++) {
		if (!prebaked_waits(w, w->bench.sites.items[*first].name))
			continue;
		site_open(w, &w->bench.sites.items[*first], &sites[n]);
		e = prepare(w, &sites[n++]);
	}
	crash_at("renew", "mid");
	if (!e && n)
		e = prebaked_renew_sites(w, sites, n);
	crash_at("renew", "commit");
	if (!e && n)
		e = site_conclude(w, sites, n);
	for (size_t i = 0; i < n; i++)
		site_close(&sites[i]);
	return e;
}

struct err *prebaked_renew(struct provision_context *w, bool *ret_did)
{
	bool waits = false;
	struct err *e = NULL;

	for (size_t i = 0; i < w->bench.sites.count; i++)
		waits |= prebaked_waits(w, w->bench.sites.items[i].name);
	*ret_did = waits;
	for (size_t at = 0; waits && !e && at < w->bench.sites.count;)
		e = renew_some(w, &at);
	if (e)
		log_err(e, "the sites are renewed one by one, for together it failed");
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "provision/site_drop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/site_registry.h"
#include "lib/log.h"
#include "provision/kept_cache.h"

/* What root last knew of the site. Its own site_config.json, which the bench's user can write, would choose
 * what we drop. */
static struct err *known_config(const char *secrets, json_t **ret)
{
	AUTO_FREE char *path = mem_printf("%s/site_config.json", secrets);
	bool damaged;

	TRY(durable_read_json(path, ret, &damaged));
	return damaged ? err_new(ERR_SYSTEM, "%s is damaged", path) : NULL;
}

static char *text_or(json_t *config, const char *key, const char *absent)
{
	const char *text = json_string_value(json_object_get(config, key));

	return mem_dup(text && *text ? text : absent);
}

static char *secrets_of(const struct bench *b, const char *site)
{
	AUTO_FREE char *below = mem_printf("/secrets/%s", site);

	return bench_in_data(b, below);
}

struct err *site_drop_open(struct provision_context *w, const struct bench_drop *row, struct site_drop *d)
{
	AUTO_FREE char *name = site_default_name(row->name), *moved = NULL;
	json_t *config = NULL;

	*d = (struct site_drop){ .row = row, .secrets = secrets_of(&w->bench, row->name) };
	d->folder = mem_printf("%s/sites/%s", w->bench.data, row->name);
	d->place = mem_printf("%s/dropped/%s-%s", w->bench.data, row->name, row->date);
	d->schema = mem_printf("dropped-%s%s", row->date, name);
	moved = mem_printf("%s/secrets", d->place);
	TRY(known_config(access(moved, F_OK) ? d->secrets : moved, &config));
	d->db_name = text_or(config, "db_name", name);
	d->db_user = text_or(config, "db_user", d->db_name);
	json_decref(config);
	return NULL;
}

void site_drop_close(struct site_drop *d)
{
	char **texts[] = { &d->folder, &d->secrets, &d->place, &d->schema, &d->db_name, &d->db_user };

	for (size_t i = 0; i < COUNT(texts); i++)
		mem_freep(texts[i]);
}

static struct err *move(const char *from, const char *place, const char *as)
{
	AUTO_FREE char *to = mem_printf("%s/%s", place, as);

	if (rename(from, to) < 0 && errno != ENOENT)
		return err_errno(errno, "move %s to %s", from, to);
	return NULL;
}

static struct err *put_aside(struct provision_context *w, const struct site_drop *d)
{
	AUTO_FREE char *all = bench_in_data(&w->bench, "/dropped");
	AUTO_FREE char *step = mem_printf("drop-aside/%s", d->row->name);

	TRY(durable_folder(all, 0700, &durable_root));
	TRY(durable_folder(d->place, 0700, &durable_root));
	TRY(move(d->secrets, d->place, "secrets"));
	crash_at(step, "mid");
	TRY(move(d->folder, d->place, "site"));
	return durable_sync_folder(d->place);
}

/* Two sites use one database: we cannot decide whose it is. */
static struct err *check_alone(const struct bench *b, const struct site_drop *d)
{
	for (size_t i = 0; i < b->sites.count; i++) {
		AUTO_FREE char *secrets = secrets_of(b, b->sites.items[i].name);
		json_t *config = NULL;
		TRY(known_config(secrets, &config));
		const char *name = json_string_value(json_object_get(config, "db_name"));
		bool same = name && !strcmp(name, d->db_name);
		json_decref(config);
		if (same)
			return err_new(ERR_SYSTEM, "database %s is also that of site %s: it is not dropped",
				       name, b->sites.items[i].name);
	}
	return NULL;
}

static struct err *drop_database(struct provision_context *w, const struct site_drop *d)
{
	TRY(check_alone(&w->bench, d));
	return site_database_drop(w, d->row->name, d->db_name, d->db_user, d->row->purge ? NULL : d->schema);
}

static struct err *remove_rest(struct provision_context *w, const struct site_drop *d)
{
	AUTO_FREE char *path = mem_printf("%s/dropped.json", d->place);

	(void)w;
	if (d->row->purge)
		return file_remove_tree(d->place);
	json_t *note = json_pack("{s:s, s:s, s:s, s:s}", "site", d->row->name, "tables", d->schema, "db_name",
				 d->db_name, "db_user", d->db_user);
	struct err *e = durable_json(path, note, 0600, &durable_root, NULL);
	json_decref(note);
	return e;
}

static struct err *forget(struct provision_context *w, const struct site_drop *d)
{
	AUTO_FREE char *made = mem_printf("site/%s", d->row->name);

	TRY(site_database_unlist(w, d->row->name));
	TRY(ledger_forget(w->ledger, made));
	kept_cache_forget(&w->bench); /* or the next site of that name would have it */
	TRY(site_registry_dropped(&w->bench, d->row->name));
	if (d->row->purge)
		log_line("site %s: dropped, nothing is kept", d->row->name);
	else
		log_line("site %s: dropped; files and secrets are in %s, tables in database %s", d->row->name,
			 d->place, d->schema);
	return NULL;
}

const struct site_drop_row site_drop_rows[4] = {
	{ "drop-aside", put_aside },
	{ "drop-database", drop_database },
	{ "drop-rest", remove_rest },
	{ "drop-forget", forget },
};

struct err *site_drop_check(const struct bench *b, const char *name)
{
	AUTO_FREE char *secrets = secrets_of(b, name);
	AUTO_FREE char *absent = site_default_name(name);
	AUTO_SQL struct sql *root = NULL;
	json_t *config = NULL;
	int64_t count = 0;

	TRY(known_config(secrets, &config));
	AUTO_FREE char *database = text_or(config, "db_name", absent);
	json_decref(config);
	TRY(sql_open(b->sql_socket, "root", NULL, NULL, 10, &root));
	AUTO_FREE char *schema = sql_quoted(root, database);
	TRY(sql_number(root, &count,
		       "SELECT (SELECT COUNT(*) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = %s) +"
		       " (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s) +"
		       " (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = %s) +"
		       " (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %s)",
		       schema, schema, schema, schema));
	if (count)
		return err_new(ERR_SYSTEM,
			       "database %s of site %s has %d views, triggers, routines or events, which "
			       "cannot be put aside: back it up and drop it with --purge",
			       database, name, (int)count);
	return NULL;
}

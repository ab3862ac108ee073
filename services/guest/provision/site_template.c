/* SPDX-License-Identifier: MIT */
#include "provision/site_template.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/lay.h"
#include "lib/log.h"
#include "provision/import.h"
#include "provision/prebaked.h"

static json_t *words_of(const char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

/* All that decides how a site is made, but for its name and its secrets. */
static json_t *kind_of(const struct bench_site *s)
{
	return json_pack("{s:o, s:s, s:s, s:b}", "apps", words_of(s->apps), "time_zone", s->time_zone,
			 "language", s->language, "developer_mode", s->developer_mode);
}

bool site_template_is_like(const struct bench_site *a, const struct bench_site *b)
{
	json_t *one = kind_of(a), *other = kind_of(b);
	bool same = json_equal(one, other);

	json_decref(one);
	json_decref(other);
	return same;
}

json_t *site_template_row(const struct bench_site *s, const char *dump)
{
	json_t *row = kind_of(s);

	json_object_set_new(row, "site", json_string(s->name));
	json_object_set_new(row, "dump", json_string(dump));
	return row;
}

static bool has_kind(const json_t *row, json_t *kind)
{
	const char *key;
	json_t *value;

	json_object_foreach(kind, key, value) if (!json_equal(json_object_get(row, key), value)) return false;
	return json_is_string(json_object_get(row, "site")) && json_is_string(json_object_get(row, "dump"));
}

struct err *site_template_find(const struct bench_site *site, json_t **ret)
{
	json_t *list = NULL, *row, *kind = kind_of(site);
	size_t i;

	*ret = NULL;
	struct err *e = prebaked_list(&list);
	json_array_foreach(json_object_get(list, SITE_TEMPLATE_ROWS), i,
			   row) if (!*ret && has_kind(row, kind)) *ret = json_incref(row);
	json_decref(kind);
	json_decref(list);
	return e;
}

/* The site's own account loads it, as with a backup. */
static struct err *load_tables(struct provision_context *w, const struct site *s, const json_t *row)
{
	AUTO_FREE char *below = mem_printf(SITE_TEMPLATE_DUMPS "/%s",
					   json_string_value(json_object_get(row, "dump"))),
		       *dump = prebaked_path(below);
	AUTO_FREE char *base = sql_backquoted(s->db_name);
	const struct import in = {
		.socket = w->bench.sql_socket,
		.schema = s->db_name,
		.user = s->db_user,
		.password = s->db_password,
		.as = &w->bench.user,
		.dump = dump,
	};

	TRY(sql_run(w->root, "DROP DATABASE IF EXISTS %s", base));
	return import_dump(&in);
}

/* The bench runs and its user owns sites/: root only reads there. */
static struct err *load_files(struct provision_context *w, struct site *s, const json_t *row)
{
	AUTO_FREE char *below = mem_printf("sites/%s", json_string_value(json_object_get(row, "site"))),
		       *from = prebaked_path(below);
	bool did;

	TRY(file_remove_tree(s->folder));
	TRY(lay_tree_as(from, s->folder, &w->bench.user));
	return site_folder(w, s, &did);
}

struct err *site_template_load(struct provision_context *w, struct site *s, const json_t *row)
{
	AUTO_FREE char *step = mem_printf("create/%s", s->row->name);

	log_line("site %s is made as a copy: the image has one with these apps", s->row->name);
	TRY(load_files(w, s, row));
	crash_at(step, "mid");
	TRY(load_tables(w, s, row));
	TRY(prebaked_renew_sites(w, s, 1));
	crash_at(step, "commit");
	return NULL;
}

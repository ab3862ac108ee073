/* SPDX-License-Identifier: MIT */
#include "prebake/keep_template.h"

#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "prebake/canary.h"
#include "provision/prebaked.h"
#include "provision/site_template.h"

static bool has_kind(const struct bench *b, const struct bench_site *site, const json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		const struct bench_site *other =
			bench_site(b, json_string_value(json_object_get(row, "site")));
		if (other && site_template_is_like(other, site))
			return true;
	}
	return false;
}

struct err *keep_template(const struct bench *b, const struct bench_site *site, const char *dump,
			  json_t *rows)
{
	AUTO_FREE char *below = mem_printf("sites/%s", site->name), *files = prebaked_path(below),
		       *where = NULL;
	AUTO_FREE char *folder = prebaked_path(SITE_TEMPLATE_DUMPS),
		       *name = mem_printf("%zu.sql", json_array_size(rows));
	AUTO_FREE char *to = mem_printf("%s/%s", folder, name);

	if (has_kind(b, site, rows))
		return bench_is_template(site) ? file_remove_tree(files) : NULL;
	TRY(canary_find(dump, site->name, &where));
	if (!where)
		TRY(canary_find(files, site->name, &where));
	if (where && bench_is_template(site))
		return err_new(ERR_BUILD,
			       "%s holds the name of the site that it was made for, %s: 'templates' need "
			       "prebake: false",
			       where, site->name);
	if (where) {
		log_line("site %s is no template for more sites: its name stands in %s", site->name, where);
		return NULL;
	}
	TRY(durable_folder(folder, 0700, &durable_root));
	if (rename(dump, to) < 0)
		return err_errno(errno, "move %s to %s", dump, to);
	json_array_append_new(rows, site_template_row(site, name));
	return NULL;
}

/* SPDX-License-Identifier: MIT */
/* Prints the plan of an upgrade for people. */
#include <string.h>

#include "base/text.h"
#include "report/upgrade_plan.h"

static const char *word(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static const char *short_source(const json_t *app)
{
	const char *source = *word(app, "commit") ? word(app, "commit") : word(app, "content"),
		   *colon = strchr(source, ':');

	return colon ? colon + 1 : source;
}

static void put_app(const json_t *app, struct text *out)
{
	const json_t *old = json_object_get(app, "old"), *new = json_object_get(app, "new");
	const char *change = word(app, "change");
	const json_t *one = json_is_null(new) ? old : new;

	text_printf(out, "  %-20s ", word(app, "name"));
	if (!strcmp(change, "changed")) {
		bool versions = *word(old, "version") && *word(new, "version") &&
				strcmp(word(old, "version"), word(new, "version")) != 0;
		text_printf(out, "%s%s%s%s(%.7s -> %.7s)\n", versions ? word(old, "version") : "",
			    versions ? " -> " : "", word(new, "version"), *word(new, "version") ? " " : "",
			    short_source(old), short_source(new));
	} else {
		text_printf(out, "%s%s(%.7s)%s\n", word(one, "version"), *word(one, "version") ? " " : "",
			    short_source(one),
			    !strcmp(change, "new")     ? ", new" :
			    !strcmp(change, "removed") ? ", not in the new image" :
							 ", unchanged");
	}
}

static void put_apps(const json_t *plan, struct text *out)
{
	json_t *app;
	size_t i;

	text_put(out, "\napps\n");
	json_array_foreach(json_object_get(plan, "apps"), i, app) put_app(app, out);
	text_put(out, "\npatches, for each site that has the app\n");
	size_t before = out->len;
	json_array_foreach(json_object_get(plan, "apps"), i, app)
	{
		json_t *patches = json_object_get(app, "patches"), *one;
		size_t n;
		json_array_foreach(patches, n, one)
			text_printf(out, "  %-20s %s\n", n ? "" : word(app, "name"), json_string_value(one));
	}
	if (out->len == before)
		text_put(out, "  none\n");
}

static void put_servers(const json_t *plan, struct text *out)
{
	json_t *one;
	size_t i;

	text_put(out, "\nservers\n");
	json_array_foreach(json_object_get(plan, "servers"), i, one)
	{
		bool same = !strcmp(word(one, "old"), word(one, "new"));
		bool major = json_is_true(json_object_get(one, "other_series")) &&
			     !strcmp(word(one, "name"), "MariaDB");
		text_printf(out, "  %-20s %s%s%s%s\n", word(one, "name"), word(one, "old"),
			    same ? "" : " -> ", same ? ", unchanged" : word(one, "new"),
			    major ? ": every table is checked and upgraded; stop the old image in order" :
				    "");
	}
}

static void put_sites(const json_t *plan, struct text *out)
{
	json_t *site, *app;
	size_t i, n;

	text_put(out, "\nsites\n");
	json_array_foreach(json_object_get(plan, "sites"), i, site)
	{
		const char *change = word(site, "change");
		text_printf(out, "  %-20s %s", word(site, "name"),
			    !strcmp(change, "new") ? "is made" :
			    strcmp(change, "kept") ? "is kept, and not served: the new image has it not" :
						     "is kept");
		json_array_foreach(json_object_get(site, "new_apps"), n, app)
			text_printf(out, "%s %s", n ? "," : ", and gets", json_string_value(app));
		text_put(out, "\n");
	}
}

void upgrade_plan_print(const json_t *plan, struct text *out)
{
	const json_t *old = json_object_get(plan, "old"), *new = json_object_get(plan, "new");
	json_t *why;
	size_t i;

	text_printf(out, "%s %s -> %s %s: %s\n", word(old, "name"), word(old, "version"), word(new, "name"),
		    word(new, "version"),
		    json_array_size(json_object_get(plan, "refused")) ?
			    "refused, see below" :
		    json_is_true(json_object_get(plan, "migrates")) ?
			    "an upgrade; the data are copied, migrated, tried, and put back if that fails" :
			    "a start like any other, nothing is migrated");
	put_apps(plan, out);
	put_servers(plan, out);
	put_sites(plan, out);
	if (json_array_size(json_object_get(plan, "refused")))
		text_put(out, "\nrefused, and nothing touched\n");
	json_array_foreach(json_object_get(plan, "refused"), i, why)
		text_printf(out, "  %s\n", json_string_value(why));
}

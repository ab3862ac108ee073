/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include <string.h>

#include "base/mem.h"

static void fill(struct plan *p, int group)
{
	struct plan_layer *layer = &p->layers[group];

	layer->packages = arena_new(&p->arena, p->lock->package_count * sizeof *layer->packages);
	for (size_t i = 0; i < p->lock->package_count; i++) {
		const struct lock_package *package = &p->lock->packages[i];
		bool own = package->group == group;
		if (own || (package->also && package->also == group))
			layer->packages[layer->package_count++] = package;
		layer->download_bytes += own ? package->size_bytes : 0;
	}
}

void plan_make(const struct recipe *r, const struct lock *l, struct plan *ret)
{
	*ret = (struct plan){ .recipe = r, .lock = l };
	for (int group = 0; group < GROUP_COUNT; group++) {
		fill(ret, group);
		ret->download_bytes += ret->layers[group].download_bytes;
	}
}

static const char *remark(int group)
{
	if (group == GROUP_DISK)
		return ", on a disk only";
	return group == GROUP_BUILD || group == GROUP_BOOT ? ", not in the image" : "";
}

static void print_apps(const struct plan *p, struct text *out)
{
	const struct app *apps = p->recipe->apps.items;

	for (size_t i = 0; i < p->recipe->apps.count; i++) {
		const struct app *a = &apps[i];
		text_printf(out, "  app       %-24s %s%s%s\n", a->name,
			    a->git     ? a->git :
			    a->archive ? a->archive :
					 a->path,
			    a->git ? " at " : "", a->git ? a->ref : "");
	}
}

static void print_runtimes(const struct plan *p, struct text *out)
{
	for (size_t i = 0; i < p->lock->runtime_count; i++)
		text_printf(out, "  runtime   %-24s %s of %s\n", p->lock->runtimes[i].name,
			    p->lock->runtimes[i].version, p->lock->runtimes[i].from);
}

static void print_sites(const struct plan *p, struct text *out)
{
	const struct site *sites = p->recipe->sites.items;

	for (size_t i = 0; i < p->recipe->sites.count; i++)
		text_printf(out, "  site      %-24s %s, %s\n", sites[i].name, sites[i].time_zone,
			    sites[i].language);
}

static void print_registries(const struct recipe *r, struct text *out)
{
	const char *const *places = r->registries.items;

	for (size_t i = 0; i < r->registries.count; i++) {
		const char *slash = strchr(places[i], '/');
		bool tagged = slash && strchr(slash, ':');
		text_printf(out, "  push to   %s%s%s\n", places[i], tagged ? "" : ":",
			    tagged ? "" : r->version);
	}
}

void plan_print(const struct plan *p, struct text *out)
{
	char size[16];

	text_printf(out, "%s %s, %s, Debian %s\n", p->recipe->name, p->recipe->version,
		    p->recipe->mode == MODE_PRODUCTION ? "production" : "development", p->recipe->base.suite);
	for (int group = 0; group < GROUP_COUNT; group++) {
		const struct plan_layer *layer = &p->layers[group];
		if (layer->package_count)
			text_printf(out, "  layer     %-24s %zu package%s, %s%s\n", lock_group_names[group],
				    layer->package_count, text_plural(layer->package_count),
				    text_size((double)layer->download_bytes, size), remark(group));
	}
	print_runtimes(p, out);
	print_apps(p, out);
	print_sites(p, out);
	print_registries(p->recipe, out);
	text_printf(out, "  in all    %zu package%s, %s\n", p->lock->package_count,
		    text_plural(p->lock->package_count), text_size((double)p->download_bytes, size));
}

static const struct lock_package *find(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (!strcmp(l->packages[i].name, name))
			return &l->packages[i];
	return NULL;
}

/* What requested a package that no other needs. */
static const char *who_asks(const struct plan *p, const struct lock_package *package)
{
	const char *const *own = p->recipe->base.packages.items;

	for (size_t i = 0; i < p->recipe->base.packages.count; i++)
		if (!strcmp(own[i], package->name))
			return "asked for by the recipe";
	return package->group == GROUP_BASE ? "part of every image" :
					      "asked for by a service or the framework";
}

struct err *plan_why(const struct plan *p, const char *package, struct text *out)
{
	const struct lock_package *at = find(p->lock, package);

	if (!at) {
		AUTO_FREE const char **names = mem_array(p->lock->package_count, sizeof *names);
		for (size_t i = 0; i < p->lock->package_count; i++)
			names[i] = p->lock->packages[i].name;
		const char *near = text_nearest(package, names, p->lock->package_count);
		return err_new(ERR_USAGE,
			       near ? "package '%s' is not in the image: did you mean '%s'?" :
				      "package '%s' is not in the image",
			       package, near);
	}
	int group = at->group;
	text_printf(out, "%s %s", at->name, at->version);
	for (size_t depth = 0; at && at->because && depth < p->lock->package_count; depth++) {
		text_printf(out, " <- %s", at->because);
		at = find(p->lock, at->because);
	}
	text_printf(out, " <- %s%s\n", at ? who_asks(p, at) : "part of every image", remark(group));
	return NULL;
}

void plan_done(struct plan *p)
{
	arena_done(&p->arena);
	*p = (struct plan){ 0 };
}

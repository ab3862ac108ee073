#include "plan/plan.h"

#include <string.h>

#include "base/mem.h"

static const char *const layer_names[] = { "base", "services", "runtime", "build", "disk", "boot" };

static void fill(struct plan *p, struct plan_layer *layer)
{
	layer->packages = arena_new(&p->arena, p->lock->package_count * sizeof *layer->packages);
	for (size_t i = 0; i < p->lock->package_count; i++) {
		const struct lock_package *package = &p->lock->packages[i];
		if (strcmp(package->layer, layer->name))
			continue;
		layer->packages[layer->package_count++] = package;
		layer->download_bytes += package->size_bytes;
	}
}

void plan_make(const struct recipe *r, const struct lock *l, struct plan *ret)
{
	*ret = (struct plan){ .recipe = r, .lock = l };
	ret->layers = arena_new(&ret->arena, COUNT(layer_names) * sizeof *ret->layers);
	for (size_t i = 0; i < COUNT(layer_names); i++) {
		struct plan_layer *layer = &ret->layers[ret->layer_count];
		*layer = (struct plan_layer){ .name = layer_names[i] };
		fill(ret, layer);
		ret->download_bytes += layer->download_bytes;
		if (layer->package_count)
			ret->layer_count++;
	}
}

static const char *remark(const char *layer)
{
	if (!strcmp(layer, "disk"))
		return ", on a disk only";
	return strcmp(layer, "build") && strcmp(layer, "boot") ? "" : ", not in the image";
}

static void print_apps(const struct plan *p, struct text *out)
{
	const struct app *apps = p->recipe->apps.items;

	for (size_t i = 0; i < p->recipe->apps.count; i++) {
		const struct app *a = &apps[i];
		text_printf(out, "  app       %-24s %s%s%s\n", a->name, a->git ? a->git : a->archive ? a->archive : a->path,
			    a->git ? " at " : "", a->git ? a->ref : "");
	}
}

static void print_sites(const struct plan *p, struct text *out)
{
	const struct site *sites = p->recipe->sites.items;

	for (size_t i = 0; i < p->recipe->sites.count; i++)
		text_printf(out, "  site      %-24s %s, %s\n", sites[i].name, sites[i].time_zone, sites[i].language);
}

void plan_print(const struct plan *p, struct text *out)
{
	char size[16];

	text_printf(out, "%s %s, %s, Debian %s\n", p->recipe->name, p->recipe->version,
		    p->recipe->mode == MODE_PRODUCTION ? "production" : "development", p->recipe->base.suite);
	for (size_t i = 0; i < p->layer_count; i++) {
		const struct plan_layer *layer = &p->layers[i];
		text_printf(out, "  layer     %-24s %zu packages, %s%s\n", layer->name, layer->package_count,
			    text_size((double)layer->download_bytes, size),
			    remark(layer->name));
	}
	print_apps(p, out);
	print_sites(p, out);
	text_printf(out, "  in all    %zu packages, %s\n", p->lock->package_count,
		    text_size((double)p->download_bytes, size));
}

static const struct lock_package *find(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (!strcmp(l->packages[i].name, name))
			return &l->packages[i];
	return NULL;
}

struct err *plan_why(const struct plan *p, const char *package, struct text *out)
{
	const struct lock_package *at = find(p->lock, package);

	if (!at) {
		AUTO_FREE const char **names = mem_array(p->lock->package_count, sizeof *names);
		for (size_t i = 0; i < p->lock->package_count; i++)
			names[i] = p->lock->packages[i].name;
		const char *near = text_nearest(package, names, p->lock->package_count);
		return err_new(ERR_USAGE, near ? "package '%s' is not in the image: did you mean '%s'?" :
				"package '%s' is not in the image", package, near);
	}
	text_printf(out, "%s %s", at->name, at->version);
	for (size_t depth = 0; at && at->because && depth < p->lock->package_count; depth++) {
		text_printf(out, " <- %s", at->because);
		at = find(p->lock, at->because);
	}
	text_printf(out, " <- %s\n", at && strcmp(at->layer, "base") ? "asked for by a service, the framework or the recipe" :
		    "part of every image");
	return NULL;
}

void plan_done(struct plan *p)
{
	arena_done(&p->arena);
	*p = (struct plan){ 0 };
}

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/resolve.h"
#include "plan/plan.h"

static const struct chosen *find(const struct resolution *r, const char *name)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(r->items[middle].package->name, name);
		if (!order)
			return &r->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The layer of a package is that of whoever first asked for it. */
static const char *layer_of(const struct resolution *r, const struct chosen *c, const struct plan_root *roots, size_t count)
{
	while (c->because) {
		const struct chosen *up = find(r, c->because->name);
		if (!up)
			break;
		c = up;
	}
	for (size_t i = 0; i < count; i++)
		if (!strcmp(roots[i].name, c->package->name))
			return roots[i].layer;
	return "base"; /* Essential */
}

static const char *keep(struct lock *l, const char *text)
{
	return text ? arena_dup(&l->arena, text, strlen(text)) : NULL;
}

struct err *plan_choose(const struct index *ix, const struct plan_root *roots, size_t root_count, bool recommends,
			const char *const *archive_names, struct lock *ret)
{
	AUTO_FREE const char **wanted = mem_array(root_count, sizeof *wanted);
	struct resolution chosen = { 0 };

	for (size_t i = 0; i < root_count; i++)
		wanted[i] = roots[i].name;
	struct resolve_request req = { .wanted = wanted, .wanted_count = root_count, .recommends = recommends };
	TRY(resolve_run(ix, &req, &chosen));
	ret->packages = arena_new(&ret->arena, chosen.count * sizeof *ret->packages);
	ret->package_count = chosen.count;
	for (size_t i = 0; i < chosen.count; i++) {
		const struct chosen *c = &chosen.items[i];
		const struct package *p = c->package;
		ret->packages[i] = (struct lock_package){
			.name = keep(ret, p->name), .version = keep(ret, p->version),
			.architecture = keep(ret, p->architecture), .archive = keep(ret, archive_names[p->archive]),
			.filename = keep(ret, p->filename), .layer = keep(ret, layer_of(&chosen, c, roots, root_count)),
			.because = c->because ? keep(ret, c->because->name) : NULL,
			.size_bytes = p->size_bytes, .sha256 = p->sha256,
		};
	}
	resolve_done(&chosen);
	return NULL;
}

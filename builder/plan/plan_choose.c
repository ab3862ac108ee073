/* SPDX-License-Identifier: MIT */
/* Chooses the packages for a recipe from the archives' index, and assigns them to layers. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/relation.h"
#include "debian/resolve.h"
#include "plan/plan.h"

#define NOWHERE (-1)

/* Assigns each chosen package to a layer: its roots and all their dependencies, minus those in layers
 * below. */
struct layering {
	const struct index *index;
	const struct resolution *chosen;
	struct arena arena;
	int *group; /* for each chosen package; NOWHERE: not reached yet */
	const struct package **because;
	struct {
		size_t *items;
		size_t count, room;
	} todo;
};

static void reach(struct layering *l, const struct chosen *c, int group, const struct package *because)
{
	size_t i = (size_t)(c - l->chosen->items);

	if (l->group[i] != NOWHERE)
		return;
	l->group[i] = group;
	l->because[i] = because;
	VEC_PUSH(&l->todo, i);
}

/* The chosen package that meets one alternative; its own name comes before those that provide it. */
static const struct chosen *meets(const struct layering *l, const struct alternative *a)
{
	const struct chosen *c = resolve_find(l->chosen, a->name);
	const struct provider *providers;

	if (c && relation_fits(a, c->package->version))
		return c;
	for (size_t i = 0, count = index_providers(l->index, a->name, &providers); i < count; i++)
		if (relation_fits(a, providers[i].version) &&
		    (c = resolve_find(l->chosen, providers[i].package->name)))
			return c;
	return NULL;
}

static void follow(struct layering *l, const struct relation *r, int group, const struct package *because)
{
	const struct chosen *first = NULL;

	for (size_t i = 0; i < r->count; i++) {
		const struct chosen *c = meets(l, &r->alternatives[i]);
		if (c && l->group[c - l->chosen->items] != NOWHERE)
			return;
		if (c && !first)
			first = c;
	}
	if (first)
		reach(l, first, group, because);
}

static struct err *follow_all(struct layering *l, int group, bool recommends)
{
	static const char *const fields[] = { "Pre-Depends", "Depends", "Recommends" };

	while (l->todo.count) {
		const struct package *p = l->chosen->items[l->todo.items[--l->todo.count]].package;
		for (size_t f = 0; f < (recommends ? 3 : 2); f++) {
			struct relation *relations;
			size_t count;
			TRY(relation_parse(&l->arena, control_get(p->stanza, fields[f]), &relations, &count));
			for (size_t i = 0; i < count; i++)
				follow(l, &relations[i], group, p);
		}
	}
	return NULL;
}

static struct err *lay(struct layering *l, const struct plan_root *roots, size_t count, bool recommends)
{
	for (size_t i = 0; i < l->chosen->count; i++)
		if (l->chosen->items[i].package->essential)
			reach(l, &l->chosen->items[i], GROUP_BASE, NULL);
	for (size_t i = 0; i < count; i++) {
		const struct chosen *c = meets(l, &(struct alternative){ .name = roots[i].name });
		if (c)
			reach(l, c, roots[i].group, NULL);
		if (i + 1 == count || roots[i].group != roots[i + 1].group)
			TRY(follow_all(l, roots[i].group, recommends));
	}
	return NULL;
}

static void begin(struct layering *l, const struct index *ix, const struct resolution *chosen)
{
	*l = (struct layering){ .index = ix, .chosen = chosen };
	l->group = mem_array(chosen->count, sizeof *l->group);
	for (size_t i = 0; i < chosen->count; i++)
		l->group[i] = NOWHERE;
	l->because = mem_array(chosen->count, sizeof *l->because);
}

static void end(struct layering *l)
{
	free(l->group);
	free(l->because);
	free(l->todo.items);
	arena_done(&l->arena);
}

static const char *keep(struct lock *l, const char *text)
{
	return text ? arena_dup(&l->arena, text, strlen(text)) : NULL;
}

/* image: layers of a container; disk: those of a disk above it, or NULL. */
static void write_packages(const struct layering *image, const struct layering *disk,
			   const char *const *archive_names, struct lock *ret)
{
	const struct resolution *all = disk ? disk->chosen : image->chosen;

	ret->packages = arena_new(&ret->arena, all->count * sizeof *ret->packages);
	ret->package_count = all->count;
	for (size_t i = 0; i < all->count; i++) {
		const struct package *p = all->items[i].package;
		const struct chosen *c = resolve_find(image->chosen, p->name);
		int below = c ? image->group[c - image->chosen->items] : NOWHERE,
		    above = disk ? disk->group[i] : NOWHERE;
		int own = c ? below : above;
		const struct package *because = c    ? image->because[c - image->chosen->items] :
						disk ? disk->because[i] :
						       NULL;
		ret->packages[i] = (struct lock_package){
			.name = keep(ret, p->name),
			.version = keep(ret, p->version),
			.architecture = keep(ret, p->architecture),
			.archive = keep(ret, archive_names[p->archive]),
			.filename = keep(ret, p->filename),
			.group = own != NOWHERE ? own :
				 c		? GROUP_BASE :
						  GROUP_DISK,
			.also = below == GROUP_BUILD && above != NOWHERE ? above : 0,
			.because = because ? keep(ret, because->name) : NULL,
			.size_bytes = p->size_bytes,
			.sha256 = p->sha256,
		};
	}
}

static struct err *resolve(const struct index *ix, const struct resolution *below,
			   const struct plan_root *roots, size_t count, bool recommends,
			   struct resolution *ret)
{
	size_t fixed = below ? below->count : 0;
	AUTO_FREE const char **wanted = mem_array(fixed + count, sizeof *wanted);

	for (size_t i = 0; i < fixed; i++)
		wanted[i] = below->items[i].package->name;
	for (size_t i = 0; i < count; i++)
		wanted[fixed + i] = roots[i].name;
	return resolve_run(ix,
			   &(struct resolve_request){ .wanted = wanted,
						      .wanted_count = fixed + count,
						      .recommends = recommends },
			   ret);
}

static bool asks_for(const struct plan_root *roots, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(roots[i].name, name))
			return true;
	return false;
}

/* Every root is made with /usr merged already, so the package that declares this is enough. The package that
 * would convert it, which Essential packages of Debian 12 name first, needs all of Perl. */
static struct err *choose_merged(const struct index *ix, const struct plan_root **roots, size_t *count,
				 bool recommends, struct plan_root **ret_more, struct resolution *ret)
{
	static const struct plan_root is_merged = { "usr-is-merged", GROUP_BASE };

	TRY(resolve(ix, NULL, *roots, *count, recommends, ret));
	if (!resolve_find(ret, "usrmerge") || !index_find(ix, is_merged.name) ||
	    asks_for(*roots, *count, "usrmerge"))
		return NULL;
	resolve_done(ret);
	*ret_more = mem_array(*count + 1, sizeof **ret_more);
	(*ret_more)[0] = is_merged;
	memcpy(*ret_more + 1, *roots, *count * sizeof **roots);
	*roots = *ret_more;
	++*count;
	return resolve(ix, NULL, *roots, *count, recommends, ret);
}

/* What the image already has is not needed again, except packages only for building apps. */
static struct err *lay_disk(struct layering *disk, const struct layering *image,
			    const struct plan_root *roots, size_t count, bool recommends)
{
	for (size_t i = 0; i < image->chosen->count; i++) {
		const struct chosen *c = resolve_find(disk->chosen, image->chosen->items[i].package->name);
		if (c && image->group[i] != GROUP_BUILD)
			disk->group[c - disk->chosen->items] =
				image->group[i] != NOWHERE ? image->group[i] : GROUP_BASE;
	}
	return lay(disk, roots, count, recommends);
}

static struct err *choose_disk(const struct layering *image, const struct plan_root *roots, size_t count,
			       bool recommends, const char *const *archive_names, struct lock *ret)
{
	struct resolution chosen = { 0 };
	struct layering disk;

	TRY(resolve(image->index, image->chosen, roots, count, recommends, &chosen));
	begin(&disk, image->index, &chosen);
	struct err *e = lay_disk(&disk, image, roots, count, recommends);
	if (!e)
		write_packages(image, &disk, archive_names, ret);
	end(&disk);
	resolve_done(&chosen);
	return e;
}

struct err *plan_choose(const struct index *ix, const struct plan_root *roots, size_t root_count,
			bool recommends, const char *const *archive_names, struct lock *ret)
{
	struct resolution chosen = { 0 };
	struct layering image;
	AUTO_FREE struct plan_root *more = NULL;
	const struct plan_root *own = roots;
	size_t count = root_count;

	while (count && roots[count - 1].group >= GROUP_DISK)
		count--;
	size_t above = root_count - count;
	TRY(choose_merged(ix, &own, &count, recommends, &more, &chosen));
	begin(&image, ix, &chosen);
	struct err *e = lay(&image, own, count, recommends);
	if (!e && !above)
		write_packages(&image, NULL, archive_names, ret);
	else if (!e)
		e = choose_disk(&image, roots + root_count - above, above, recommends, archive_names, ret);
	end(&image);
	resolve_done(&chosen);
	return e;
}

/* SPDX-License-Identifier: MIT */
#include "recipe/lock_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Something with a name and a version. */
struct item {
	const char *name, *version;
	bool security;
};

struct items {
	struct item *items;
	size_t count, room;
};

static int by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->version, y->version);
}

static void put(struct text *out, const char *kind, const struct item *old, const struct item *now)
{
	const struct item *one = now ? now : old;

	text_printf(out, "  %-9s %s ", kind, one->name);
	if (old && now)
		text_printf(out, "%s -> %s", old->version, now->version);
	else
		text_printf(out, now ? "%s, new" : "%s, gone", one->version);
	text_put(out, now && now->security ? " (security)\n" : "\n");
}

/* Both are sorted here; items of one name are compared in the order given. */
static size_t compare(struct text *out, const char *kind, struct items *old, struct items *now)
{
	size_t i = 0, k = 0, moved = 0;

	if (old->count)
		qsort(old->items, old->count, sizeof *old->items, by_name);
	if (now->count)
		qsort(now->items, now->count, sizeof *now->items, by_name);
	while (i < old->count || k < now->count) {
		int order = i == old->count ? 1 :
			    k == now->count ? -1 :
					      strcmp(old->items[i].name, now->items[k].name);
		const struct item *a = order <= 0 ? &old->items[i++] : NULL,
				  *b = order >= 0 ? &now->items[k++] : NULL;
		if (a && b && !strcmp(a->version, b->version))
			continue;
		put(out, kind, a, b);
		moved++;
	}
	free(old->items);
	free(now->items);
	return moved;
}

static bool is_security(const char *archive)
{
	const char *at = strstr(archive, "-security");

	return at && (!at[strlen("-security")] || at[strlen("-security")] == '@');
}

static struct items packages_of(const struct lock *l)
{
	struct items all = { 0 };

	for (size_t i = 0; i < l->package_count; i++)
		VEC_PUSH(&all, (struct item){ l->packages[i].name, l->packages[i].version,
					      is_security(l->packages[i].archive) });
	return all;
}

static struct items apps_of(const struct lock *l)
{
	struct items all = { 0 };

	for (size_t i = 0; i < l->app_count; i++)
		VEC_PUSH(&all,
			 (struct item){ l->apps[i].name,
					l->apps[i].commit ? l->apps[i].commit : l->apps[i].tree, false });
	return all;
}

static struct items runtimes_of(const struct lock *l)
{
	struct items all = { 0 };

	for (size_t i = 0; i < l->runtime_count; i++)
		VEC_PUSH(&all, (struct item){ l->runtimes[i].name, l->runtimes[i].version, false });
	return all;
}

/* The texts are in arena a. */
static struct items programs_of(const struct lock *l, struct arena *a)
{
	struct items all = { 0 };
	char hex[DIGEST_HEX];

	if (!digest_is_zero(&l->programs.source))
		VEC_PUSH(&all,
			 (struct item){ "mkbench-guest",
					arena_dup(a, digest_hex(&l->programs.sha256, hex), 12), false });
	return all;
}

/* The texts are in arena a. */
static struct items modules_of(const struct lock *l, struct arena *a)
{
	struct items all = { 0 };

	for (size_t i = 0; i < l->app_count; i++)
		for (size_t k = 0; k < l->apps[i].modules.count; k++) {
			const char *line = ((const char *const *)l->apps[i].modules.items)[k],
				   *space = strrchr(line, ' ');
			AUTO_FREE char *name =
				mem_printf("%s/%.*s", l->apps[i].name, (int)(space - line), line);
			VEC_PUSH(&all, (struct item){ arena_dup(a, name, strlen(name)), space + 1, false });
		}
	return all;
}

/* "flask==3.0 --hash=…", "flask @ https://…", or any line: its first word, cut where a name cannot
 * continue. */
static struct items pins_of(const struct lock_pins *p, struct arena *a)
{
	struct items all = { 0 };

	for (size_t i = 0; p && i < p->line_count; i++) {
		const char *line = p->lines[i] + strspn(p->lines[i], " ");
		size_t name = strcspn(line, "=<>!~@ ;\\"), skip = strspn(line + name, "=@ ");
		size_t version = strcspn(line + name + skip, " ;\\");
		if (!name || *line == '#' || *line == '-')
			continue;
		VEC_PUSH(&all, (struct item){ arena_dup(a, line, name),
					      arena_dup(a, line + name + skip, version), false });
	}
	return all;
}

static size_t compare_pins(struct text *out, const struct lock *old, const struct lock *now, struct arena *a)
{
	size_t moved = 0;

	for (size_t i = 0; i < now->pin_count; i++) {
		struct items before = pins_of(lock_pins_find(old, now->pins[i].name), a),
			     after = pins_of(&now->pins[i], a);
		moved += compare(out, now->pins[i].name, &before, &after);
	}
	for (size_t i = 0; i < old->pin_count; i++) {
		struct items before = pins_of(&old->pins[i], a), after = { 0 };
		if (lock_pins_find(now, old->pins[i].name))
			free(before.items);
		else
			moved += compare(out, old->pins[i].name, &before, &after);
	}
	return moved;
}

size_t lock_diff(const struct lock *old, const struct lock *now, struct text *out)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct items old_packages = packages_of(old), packages = packages_of(now), old_apps = apps_of(old),
		     apps = apps_of(now);
	struct items old_modules = modules_of(old, &arena), modules = modules_of(now, &arena);
	struct items old_runtimes = runtimes_of(old), runtimes = runtimes_of(now);
	struct items old_programs = programs_of(old, &arena), programs = programs_of(now, &arena);
	size_t moved = compare(out, "package", &old_packages, &packages);

	moved += compare(out, "program", &old_programs, &programs);
	moved += compare(out, "runtime", &old_runtimes, &runtimes);
	moved += compare(out, "app", &old_apps, &apps);
	moved += compare(out, "submodule", &old_modules, &modules);
	return moved + compare_pins(out, old, now, &arena);
}

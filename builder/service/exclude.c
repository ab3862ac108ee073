/* SPDX-License-Identifier: MIT */
#include "service/exclude.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct globs {
	const char **items;
	size_t count, room;
};

static bool is_kept(const struct recipe *r, const char *name)
{
	const char *const *words = r->base.keep.items;

	for (size_t i = 0; i < r->base.keep.count; i++)
		if (!strcmp(words[i], name) || !strcmp(words[i], "all"))
			return true;
	return false;
}

static void push_all(struct globs *g, const struct list *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		VEC_PUSH(g, ((const char *const *)paths->items)[i]);
}

/* known: the words that there are. */
static void gather(struct service_set *s, struct globs *known, struct globs *all)
{
	VEC_PUSH(known, "all");
	for (size_t i = 0; i < s->manifest_count; i++) {
		const struct manifest_leave_out *rows = s->manifests[i].leave_out.items;
		for (size_t k = 0; k < s->manifests[i].leave_out.count; k++) {
			VEC_PUSH(known, rows[k].name);
			if (!is_kept(s->recipe, rows[k].name))
				push_all(all, &rows[k].paths);
		}
	}
	push_all(all, &s->recipe->base.exclude);
}

static struct err *check_words(const struct service_set *s, const struct globs *known)
{
	const char *const *words = s->recipe->base.keep.items;

	for (size_t i = 0; i < s->recipe->base.keep.count; i++) {
		AUTO_TEXT struct text all = { 0 };
		bool there = false;
		for (size_t k = 0; k < known->count; k++) {
			there |= !strcmp(known->items[k], words[i]);
			text_printf(&all, "%s%s", k ? ", " : "", known->items[k]);
		}
		struct mark at = node_mark(s->recipe->root, "base/keep/%zu", i);
		if (!there)
			return err_new(ERR_RECIPE, "%s:%u:%u: nothing that is left out is called '%s': there are %s", s->recipe->path, at.line,
				       at.column, words[i], all.bytes);
	}
	return NULL;
}

struct err *exclude_list(struct service_set *s)
{
	struct globs known = { 0 }, all = { 0 };

	gather(s, &known, &all);
	const char **kept = arena_new(&s->arena, (all.count + 1) * sizeof *kept);
	for (size_t i = 0; i < all.count; i++)
		kept[i] = all.items[i];
	s->exclude = kept;
	struct err *e = check_words(s, &known);
	mem_freep(&known.items);
	mem_freep(&all.items);
	return e;
}

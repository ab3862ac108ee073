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

static void gather(struct service_set *s, struct globs *all)
{
	for (size_t i = 0; i < s->manifest_count; i++) {
		const struct manifest_leave_out *rows = s->manifests[i].leave_out.items;
		for (size_t k = 0; k < s->manifests[i].leave_out.count; k++)
			if (!is_kept(s->recipe, rows[k].name))
				push_all(all, &rows[k].paths);
	}
	push_all(all, &s->recipe->base.exclude);
}

void exclude_list(struct service_set *s)
{
	struct globs all = { 0 };

	gather(s, &all);
	const char **kept = arena_new(&s->arena, (all.count + 1) * sizeof *kept);
	for (size_t i = 0; i < all.count; i++)
		kept[i] = all.items[i];
	s->exclude = kept;
	mem_freep(&all.items);
}

void exclude_add_names(struct text *known, const struct manifest *m)
{
	const struct manifest_leave_out *rows = m->leave_out.items;

	for (size_t i = 0; i < m->leave_out.count; i++)
		text_printf(known, ", %s", rows[i].name);
}

void exclude_check(const struct recipe *r, const char *known, struct problems *p)
{
	const char *const *words = r->base.keep.items;

	for (size_t i = 0; i < r->base.keep.count; i++) {
		AUTO_FREE char *word = mem_printf(", %s,", words[i]), *all = mem_printf(", all%s,", known);
		if (!strstr(all, word))
			problem_add(p, node_mark(r->root, "base/keep/%zu", i),
				    "nothing that is left out is called '%s': there are all%s", words[i],
				    known);
	}
}

/* SPDX-License-Identifier: MIT */
#include "build/build_owner.h"

#include <stdbool.h>

#include "build/build_parts.h"

static bool writes_apps(const struct recipe *r)
{
	const struct site *sites = r->sites.items;

	for (size_t i = 0; i < r->sites.count; i++)
		if (sites[i].developer_mode)
			return true;
	return r->mode == MODE_DEVELOPMENT;
}

void build_owner(const struct recipe *r, const char *bench, struct tree *t)
{
	if (writes_apps(r))
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->items[i];
		if (e->uid != BUILD_PARTS_USER || !tree_within(e->path, bench))
			continue;
		e->uid = 0;
		e->gid = BUILD_PARTS_USER;
		if (e->kind != ENTRY_SYMLINK)
			e->mode = (e->mode & 0705) | (e->mode >> 3 & 0050);
	}
}

/* SPDX-License-Identifier: MIT */
/* Checks that a tree may safely be written to a disk. */
#include "tree/tree.h"

#include <string.h>

static bool is_straight(const char *path)
{
	for (const char *at = path; *path; at += 1) {
		size_t len = strcspn(at, "/");
		if (!len || (*at == '.' && (len == 1 || (len == 2 && at[1] == '.'))))
			return false;
		at += len;
		if (!*at)
			break;
	}
	return true;
}

struct err *tree_check(const struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		const char *wrong =
			!is_straight(e->path) ||
					(!*e->path && e->kind != ENTRY_FOLDER && e->kind != ENTRY_OPAQUE) ?
				e->path :
			e->kind == ENTRY_HARDLINK && (!e->link || !*e->link || !is_straight(e->link)) ?
				e->link :
				NULL;
		if (wrong)
			return err_line(err_new(
				ERR_BUILD,
				"invalid path '/%s' in the image: it has '.', '..' or an empty part", wrong));
	}
	return NULL;
}

static bool is_folder(const struct entry *e)
{
	return e->kind == ENTRY_FOLDER || e->kind == ENTRY_OPAQUE;
}

struct err *tree_check_over(const struct tree *top, const struct tree *below)
{
	for (size_t i = 0; i < top->count; i++) {
		const struct entry *own = &top->items[i], *had = tree_find(below, own->path);
		if (!had || is_folder(own) == is_folder(had))
			continue;
		if (had->kind == ENTRY_SYMLINK && is_folder(own))
			return err_line(err_new(ERR_BUILD,
						"/%s is a link to %s in the image, and a file would be "
						"placed below it: write the link's target instead",
						own->path, had->link));
		return err_line(err_new(
			ERR_BUILD,
			is_folder(had) ?
				"/%s is a folder in the image, and a file would take its "
				"place: give that another path" :
				"/%s is a file in the image, and other files would be placed below it: "
				"give those another path",
			own->path));
	}
	return NULL;
}

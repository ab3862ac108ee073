/* SPDX-License-Identifier: MIT */
#include "build/build_stale_lock.h"

#include "base/text.h"

static bool has_disk(const struct lock *l)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (l->packages[i].group == GROUP_DISK)
			return true;
	return false;
}

struct err *build_stale_lock_apps(const struct build_context *j, const struct lock_change_set *changes)
{
	AUTO_TEXT struct text what = { 0 }, how = { 0 };

	for (size_t i = 0; i < changes->count; i++) {
		text_printf(&what, "%sapp '%s' %s", i ? ", " : "", changes->items[i].name,
			    changes->items[i].what);
		text_printf(&how, " --update %s", changes->items[i].name);
	}
	return err_new(ERR_RECIPE,
		       "%s is out of date: %s: run 'mkbench lock%s %s', which leaves all else as it is, or "
		       "'mkbench lock %s' to resolve again",
		       j->lock_path, what.bytes, how.bytes, j->recipe_path, j->recipe_path);
}

/* Names the outputs, because a person does not expect them to change packages. */
static const char *what_changed(const struct build_context *j)
{
	bool wanted = recipe_wants_disk(&j->recipe);

	if (wanted == has_disk(&j->lock))
		return "is out of date (the suite, archives, packages, framework or apps changed)";
	return wanted ? "lacks the packages for a disk, which 'outputs' has now" :
			"contains packages for a disk, but 'outputs' has no disk any more";
}

struct err *build_stale_lock(const struct build_context *j)
{
	return err_new(ERR_RECIPE, "%s %s: run 'mkbench lock %s' to resolve again", j->lock_path,
		       what_changed(j), j->recipe_path);
}

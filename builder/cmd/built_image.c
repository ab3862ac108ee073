/* SPDX-License-Identifier: MIT */
#include "cmd/built_image.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"

bool built_image_is_recipe(const char *path)
{
	return text_ends(path, ".yml") || text_ends(path, ".yaml");
}

struct err *built_image_open(const char *path, struct contents *ret)
{
	struct store *s = NULL;

	cmd_store_open(&s);
	struct err *e = contents_open(path, s, ret);
	store_close(s);
	return e;
}

/* Whether the image has every package of the lock in its version; otherwise it was built from another
 * lock. */
static bool is_of_lock(const struct contents *c, const struct lock *l)
{
	for (size_t i = 0; i < l->package_count; i++) {
		const struct lock_package *want = &l->packages[i];
		bool found = want->group >= GROUP_BUILD;
		for (size_t n = 0; !found && n < c->package_count; n++)
			found = c->packages[n].kind == PACKAGE_DEBIAN && c->packages[n].version &&
				!strcmp(c->packages[n].name, want->name) &&
				!strcmp(c->packages[n].version, want->version);
		if (!found)
			return false;
	}
	return true;
}

struct err *built_image(const char *recipe, struct build_context *j, struct contents *ret, bool *ret_found,
			bool *ret_other)
{
	static const char *const kinds[] = { "oci", "tar" };
	bool locked;

	*ret_found = *ret_other = false;
	TRY(cmd_check_open(j, recipe, PROGRESS_QUIET));
	TRY(build_context_lock_read(j, &locked));
	if (!locked)
		return err_new(
			ERR_USAGE,
			"there is no %s yet: 'mkbench lock %s' makes it, 'mkbench build %s' the image, too",
			j->lock_path, recipe, recipe);
	for (size_t i = 0; i < COUNT(kinds) && !*ret_found; i++) {
		AUTO_FREE char *image = mem_printf("%s-%s.%s", j->recipe.name, j->recipe.version, kinds[i]);
		if (access(image, F_OK))
			continue;
		TRY(built_image_open(image, ret));
		*ret_found = is_of_lock(ret, &j->lock);
		*ret_other |= !*ret_found;
		if (!*ret_found)
			contents_close(ret);
	}
	return NULL;
}

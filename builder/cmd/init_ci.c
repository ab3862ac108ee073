/* SPDX-License-Identifier: MIT */
#include "cmd/init_ci.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "build/share.h"

#define LIMIT ((size_t)64 << 10)

static const struct {
	const char *name, *path;
} places[] = {
	{ "github", ".github/workflows/image.yml" },
	{ "gitlab", ".gitlab-ci.yml" },
	{ "forgejo", ".forgejo/workflows/image.yml" },
};

static const char *place_of(const char *which)
{
	for (size_t i = 0; i < COUNT(places); i++)
		if (!strcmp(places[i].name, which))
			return places[i].path;
	return NULL;
}

/* Checks that the name needs no quotes in a shell or in YAML. */
static struct err *check_recipe(const char *recipe)
{
	if (!recipe || !text_ends(recipe, ".yml"))
		return err_new(ERR_USAGE,
			       "--ci needs the recipe to build: mkbench init --ci WHICH RECIPE.yml");
	if (*recipe == '/' ||
	    recipe[strspn(recipe, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-")] ||
	    *recipe == '-')
		return err_new(ERR_USAGE,
			       "'%s': call this in the repository's folder, and name the recipe from there "
			       "by letters, digits and . _ - /",
			       recipe);
	return access(recipe, F_OK) < 0 ?
		       err_new(ERR_USAGE, "there is no %s: 'mkbench init %s' begins one", recipe, recipe) :
		       NULL;
}

static void fill(struct text *out, const char *text, const char *recipe, const char *lock)
{
	while (*text) {
		const char *value = text_starts(text, "@recipe@") ? recipe :
				    text_starts(text, "@lock@")	  ? lock :
								    NULL;
		if (value)
			text_put(out, value);
		else
			text_add(out, text, 1);
		text += !value ? 1 : value == recipe ? strlen("@recipe@") : strlen("@lock@");
	}
}

struct err *init_ci(const char *which, const char *recipe)
{
	const char *path = place_of(which);
	AUTO_FREE char *share = NULL, *text = NULL;
	AUTO_TEXT struct text out = { 0 };
	size_t len;

	if (!path)
		return err_new(ERR_USAGE, "--ci takes github, gitlab or forgejo, not '%s'", which);
	TRY(check_recipe(recipe));
	if (!access(path, F_OK))
		return err_new(ERR_USAGE, "%s is there already, and is not written over", path);
	TRY(share_folder(&share));
	AUTO_FREE char *from = mem_printf("%s/recipes/ci/%s.yml", share, which);
	AUTO_FREE char *lock = mem_printf("%.*s.lock", (int)(strlen(recipe) - strlen(".yml")), recipe);
	TRY(file_read(from, LIMIT, &text, &len));
	fill(&out, text, recipe, lock);
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = mem_ndup(path, slash ? (size_t)(slash - path) : 0);
	if (slash)
		TRY(file_make_folder(folder, 0777));
	TRY(file_write(path, out.bytes, out.len, 0644));
	printf("wrote %s\n", path);
	if (access(lock, F_OK) < 0)
		printf("note: commit %s with it, which 'mkbench lock %s' makes\n", lock, recipe);
	return NULL;
}

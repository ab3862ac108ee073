/* SPDX-License-Identifier: MIT */
#include "recipe/recipe.h"

#include <errno.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/recipe_check.h"

struct err *recipe_parse(const char *path, const char *bytes, size_t len, struct recipe *ret,
			 struct problems *problems)
{
	*ret = (struct recipe){ 0 };
	*problems = (struct problems){ .arena = &ret->arena };
	ret->path = arena_dup(&ret->arena, path, strlen(path));
	if (len > RECIPE_LIMIT)
		return err_new(ERR_RECIPE, "%s is larger than %u bytes: no recipe is", path, RECIPE_LIMIT);
	struct digest d = digest_of(bytes, len);
	memcpy(ret->digest.bytes, d.bytes, sizeof d.bytes);
	const struct node *root = node_read(bytes, len, problems);
	if (root) {
		schema_read(recipe_fields, root, ret, problems);
		recipe_check(ret, root, problems);
		ret->root = root;
	}
	return recipe_verdict(ret, problems);
}

struct err *recipe_verdict(const struct recipe *r, const struct problems *p)
{
	if (!p->count)
		return NULL;
	return err_new(ERR_RECIPE, "%s: %zu problem%s", r->path, p->count, text_plural(p->count));
}

/* A missing or unreadable recipe counts as a recipe error, not a system error, in the exit status. */
static struct err *refuse_file(const char *path, struct err *cause)
{
	int code = err_code(cause);
	const char *why = code == ENOENT ? "there is no such file" :
			  code == EISDIR ? "it is a folder: name the file in it" :
			  code == EINVAL ? "it is not a regular file" :
			  code == EFBIG	 ? "it is larger than a mebibyte: no recipe is" :
					   strerror(code);

	err_free(cause);
	return err_new(ERR_RECIPE, "cannot read the recipe %s: %s", *path ? path : "''", why);
}

struct err *recipe_read(const char *path, struct recipe *ret, struct problems *problems)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;

	*ret = (struct recipe){ 0 };
	*problems = (struct problems){ .arena = &ret->arena };
	struct err *e = file_read(path, RECIPE_LIMIT, &bytes, &len);
	return e ? refuse_file(path, e) : recipe_parse(path, bytes, len, ret, problems);
}

void recipe_done(struct recipe *r)
{
	arena_done(&r->arena);
}

bool recipe_wants_disk(const struct recipe *r)
{
	const int *outputs = r->outputs.items;

	for (size_t i = 0; i < r->outputs.count; i++)
		if (output_rows[outputs[i]].is_disk)
			return true;
	return false;
}

size_t recipe_pushed_output(const struct recipe *r)
{
	const int *outputs = r->outputs.items;
	size_t i = 0;

	while (i < r->outputs.count && output_rows[outputs[i]].is_disk)
		i++;
	return i;
}

char *recipe_beside(const struct recipe *r, const char *path)
{
	const char *slash = strrchr(r->path, '/');

	if (*path == '/' || !slash)
		return mem_dup(path);
	return mem_printf("%.*s%s", (int)(slash + 1 - r->path), r->path, path);
}

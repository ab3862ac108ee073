/* SPDX-License-Identifier: MIT */
/* What the services make of the recipes in tests/golden, against what they made last time.
 *   golden                  compares
 *   golden update           writes what is expected anew; git diff shows what changed
 *   golden tree NAME DIR    puts the files of one, or of the recipe of that path, under DIR, for the programs
 * that will read them */
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/recipe.h"
#include "service/service.h"
#include "t.h"

#define BUILD_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct err *render(const char *name, struct tree *ret)
{
	AUTO_FREE char *path = strchr(name, '/') ? mem_dup(name) : mem_printf("tests/golden/%s.yml", name);
	struct recipe r = { 0 };
	struct problems p;
	struct service_set *s = NULL;
	struct err *e = recipe_read(path, &r, &p);

	if (!e)
		e = service_load(".", &r, &s);
	if (!e)
		e = service_render(s, BUILD_ID, ret);
	service_free(s);
	recipe_done(&r);
	return e;
}

static char *describe(const struct tree *t)
{
	struct text out = { 0 };

	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		text_printf(&out, "=== /%s %04o %u:%u%s%s\n", e->path, e->mode, e->uid, e->gid,
			    e->kind == ENTRY_FOLDER  ? " folder" :
			    e->kind == ENTRY_SYMLINK ? " -> " :
						       "",
			    e->kind == ENTRY_SYMLINK ? e->link : "");
		if (e->kind == ENTRY_FILE && strncmp(e->path, "usr/share/", 10))
			text_add(&out, e->content.bytes, e->size_bytes);
	}
	return text_take(&out);
}

static struct err *put_entry(const struct entry *e, const char *folder)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, e->path);

	if (e->kind == ENTRY_FOLDER)
		return file_make_folder(path, 0755);
	if (e->kind == ENTRY_SYMLINK)
		return symlink(e->link, path) ? err_new(ERR_SYSTEM, "cannot link %s", path) : NULL;
	return file_write(path, e->content.bytes, e->size_bytes, e->mode);
}

static struct err *put_tree(const char *name, const char *folder)
{
	struct tree t = { 0 };
	struct err *e = render(name, &t);

	for (size_t i = 0; !e && i < t.count; i++)
		e = put_entry(&t.items[i], folder);
	tree_done(&t);
	return e;
}

/* Says where two texts part, for a person. */
static void compare(const char *name, const char *got, const char *want)
{
	unsigned line = 1;
	size_t i = 0, start = 0;

	for (; got[i] && got[i] == want[i]; i++)
		if (got[i] == '\n') {
			line++;
			start = i + 1;
		}
	t_ok(got[i] == want[i], name, __FILE__, __LINE__);
	if (got[i] != want[i])
		printf("# line %u is: %.*s\n# expected: %.*s\n# after a wanted change: build/dev/t/golden "
		       "update\n",
		       line, (int)strcspn(got + start, "\n"), got + start, (int)strcspn(want + start, "\n"),
		       want + start);
}

static struct err *check(const char *name, bool update)
{
	AUTO_FREE char *path = mem_printf("tests/golden/%s.txt", name), *want = NULL;
	struct tree t = { 0 };
	size_t len;
	struct err *e = render(name, &t);
	AUTO_FREE char *got = e ? mem_dup("") : describe(&t);

	tree_done(&t);
	if (!e && update)
		return file_write(path, got, strlen(got), 0644);
	if (!e)
		e = file_read(path, 1 << 20, &want, &len);
	if (!e)
		compare(name, got, want);
	return e;
}

static int fail(struct err *e)
{
	AUTO_FREE char *text = err_text(e);

	printf("not ok %d - %s\n", ++t_count, text);
	err_free(e);
	return t_failed++;
}

int main(int argc, char **argv)
{
	glob_t all;

	if (argc == 4 && !strcmp(argv[1], "tree")) {
		struct err *e = put_tree(argv[2], argv[3]);
		return e ? fail(e) + 1 : 0;
	}
	if (glob("tests/golden/*.yml", 0, NULL, &all))
		return 1;
	for (size_t i = 0; i < all.gl_pathc; i++) {
		const char *file = strrchr(all.gl_pathv[i], '/') + 1;
		AUTO_FREE char *name = mem_ndup(file, strlen(file) - strlen(".yml"));
		struct err *e = check(name, argc == 2 && !strcmp(argv[1], "update"));
		if (e)
			fail(e);
	}
	globfree(&all);
	return argc == 2 ? t_failed : t_done();
}

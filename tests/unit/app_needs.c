/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/build_context.h"
#include "says.h"

#define RECIPE                                                                                    \
	"name: d\nbase: {suite: bookworm}\nframework: %s/f.yml\nsites: [{name: one.localhost}]\n" \
	"apps:\n  - {name: one, path: %s/one}\n  - {name: two, path: %s/two}\n"
#define FRAMEWORK "like: wsgi\ntitle: f\napp_needs: { file: hooks.py, variable: required_apps }\n"

static char folder[] = "/tmp/mkbench-job-XXXXXX";

static void write_file(const char *below, const char *text)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, below);

	ok(fine(file_write(path, text, strlen(text), 0644)));
}

/* A job whose sources are known; what the first app needs is in a folder that somebody may be working in. */
static void begin(struct build_context *j, struct app_source sources[2])
{
	AUTO_FREE char *one = mem_printf("%s/one", folder), *two = mem_printf("%s/two", folder);
	AUTO_FREE char *recipe = mem_printf(RECIPE, folder, folder, folder);
	struct problems p;

	ok(fine(file_make_folder(one, 0755)) && fine(file_make_folder(two, 0755)));
	write_file("f.yml", FRAMEWORK);
	write_file("one/hooks.py", "required_apps = ['two']\n");
	write_file("two/app.py", "");
	ok(fine(recipe_parse("r.yml", recipe, strlen(recipe), &j->recipe, &p)) &&
	   fine(service_load(".", &j->recipe, &j->services)));
	j->sources = sources;
	for (size_t i = 0; i < 2; i++)
		ok(fine(source_get(NULL, &j->recipe, &((const struct app *)j->recipe.apps.items)[i], NULL,
				   NULL, &sources[i])));
}

static void test_changed(void)
{
	struct app_source sources[2] = { 0 };
	struct build_context j = { 0 };

	begin(&j, sources);
	ok(fine(app_needs(&j)));
	service_free(j.services);
	j.services = NULL;
	ok(fine(service_load(".", &j.recipe, &j.services)));
	write_file("one/hooks.py", "required_apps = []     \n"); /* as long as it was */
	ok(says(app_needs(&j), ERR_BUILD, "/one/hooks.py changed during the build"));
	for (size_t i = 0; i < 2; i++)
		source_done(&sources[i]);
	service_free(j.services);
	recipe_done(&j.recipe);
}

int main(void)
{
	ok(mkdtemp(folder) != NULL);
	test_changed();
	ok(fine(file_remove_tree(folder)));
	return t_done();
}

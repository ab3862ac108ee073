/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/app_version.h"
#include "says.h"

static char folder[] = "/tmp/mkbench-version-XXXXXX";

static void write_file(const char *below, const char *text)
{
	AUTO_FREE char *path = mem_printf("%s/one/%s", folder, below);

	ok(fine(file_write(path, text, strlen(text), 0644)));
}

/* The version of an app that has these files: pairs of path and text, up to NULL. */
static char *version_of(const char *const *files)
{
	AUTO_FREE char *one = mem_printf("%s/one", folder), *package = mem_printf("%s/one", one);
	AUTO_FREE char *recipe = mem_printf(
		"name: d\nbase: {suite: bookworm}\nframework: bench\nsites: [{name: one.localhost}]\n"
		"apps:\n  - {name: one, path: %s}\n",
		one);
	struct app_source source = { 0 };
	struct build_context j = { .sources = &source };
	struct problems p;
	char *version = NULL;

	ok(fine(file_make_folder(one, 0755)) && fine(file_make_folder(package, 0755)));
	for (; *files; files += 2)
		write_file(files[0], files[1]);
	ok(fine(recipe_parse("r.yml", recipe, strlen(recipe), &j.recipe, &p)));
	ok(fine(source_get(NULL, &j.recipe, j.recipe.apps.items, NULL, NULL, &source)));
	ok(fine(app_version(&j, 0, &version)));
	source_done(&source);
	recipe_done(&j.recipe);
	ok(fine(file_remove_tree(one)));
	return version;
}

static void shows(const char *wanted, const char *const *files)
{
	AUTO_FREE char *version = version_of(files);

	ok(wanted ? version && !strcmp(version, wanted) : !version);
}

#define FILES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_places(void)
{
	shows("1.4.0",
	      FILES("pyproject.toml",
		    "[tool.x]\nversion = \"9\"\n[project]\nname = \"one\"\n  version= '1.4.0' # now\n"));
	shows("0.9b1", FILES("pyproject.toml", "[tool.poetry]\nversion = \"0.9b1\"\n"));
	shows("16.0.0-dev", FILES("pyproject.toml", "[project]\ndynamic = [\"version\"]\n", "one/__init__.py",
				  "import os\n__version__ = \"16.0.0-dev\"\n"));
	shows("2.1",
	      FILES("one/__init__.py", "__version__='2.1'", "package.json", "{\"version\": \"7.0.0\"}"));
	shows("3.2.1", FILES("setup.cfg", "[metadata]\nname = one\nversion = 3.2.1\n"));
	shows("0.3.1", FILES("setup.cfg", "[metadata]\nversion = attr: one.__version__\n", "setup.py",
			     "setup(name=\"one\", version=\"0.3.1\", p=1)\n"));
	shows("7.0.0", FILES("package.json", "{\"name\": \"one\", \"version\": \"7.0.0\"}"));
}

static void test_none(void)
{
	shows(NULL, FILES("one/app.py", "version = \"1.0\"\n"));
	shows(NULL, FILES("one/__init__.py", "if __version__ == \"1.0\":\n    __version__ = version()\n"));
	shows(NULL,
	      FILES("setup.py",
		    "setup(version=read(), python_version=\"3\", install=[\"x; python_version < '3'\"])\n"));
	shows(NULL, FILES("one/__init__.py", "__version__ = \"1.0\033[2J\"\n"));
	shows(NULL, FILES("package.json", "{\"version\": \"1.0 and more\"}"));
	shows(NULL, FILES("package.json", "no JSON"));
	shows(NULL,
	      FILES("one/__init__.py",
		    "__version__ = \"11111111111111111111111111111111111111111111111111111111111111111\"\n"));
}

int main(void)
{
	ok(mkdtemp(folder) != NULL);
	test_places();
	test_none();
	ok(fine(file_remove_tree(folder)));
	return t_done();
}

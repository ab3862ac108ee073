/* SPDX-License-Identifier: MIT */
#include "build/app_runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

static void put(struct tree *t, const char *folder, const char *name, const char *bytes)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);

	err_free(file_write(path, bytes, strlen(bytes), 0644));
	tree_add(t, &(struct entry){ .path = name,
				     .kind = ENTRY_FILE,
				     .content = { .kind = CONTENT_DISK, .path = path } });
	tree_sort(t);
}

static char *said(const struct build_context *j)
{
	struct err *e = app_runtime(j);
	char *text = e ? err_text(e) : mem_dup("fine");

	err_free(e);
	return text;
}

int main(void)
{
	char folder[] = "/tmp/runtime-XXXXXX";
	struct app app = { .name = "one", .at = { 4, 5 } };
	struct lock_package packages[] = {
		{ .name = "python3", .version = "3.11.2-1+b1", .group = GROUP_RUNTIME },
		{ .name = "nodejs", .version = "18.20.4+dfsg-1~deb12u1", .group = GROUP_RUNTIME },
	};
	struct app_source source = { 0 };
	struct build_context j = {
		.sources = &source,
		.lock = { .packages = packages, .package_count = 2 },
		.recipe = { .path = "r.yml",
			    .apps = { .items = &app, .count = 1 },
			    .base = { .suite = "bookworm" } },
	};

	ok(mkdtemp(folder) != NULL);
	put(&source.files, folder, "pyproject.toml",
	    "[project]\nname = \"one\"\nrequires-python = \">=3.10,<3.13\"\n");
	put(&source.files, folder, "package.json", "{\"engines\": {\"node\": \">=18\"}}");
	AUTO_FREE char *fine = said(&j);
	is(fine, "fine");
	put(&source.files, folder, "package.json", "{\"engines\": {\"node\": \">=24\"}}");
	AUTO_FREE char *node = said(&j);
	is(node, "r.yml:4:5: the app 'one' wants Node >=24, and the image would have 18.20.4, that of "
		 "bookworm: write "
		 "'runtime: { node: \"24\" }', another 'suite', or another 'ref' of the app");
	put(&source.files, folder, "pyproject.toml", "requires-python = '>=3.14'\n");
	AUTO_FREE char *python = said(&j);
	is(python, "r.yml:4:5: the app 'one' wants Python >=3.14, and the image would have 3.11.2, that of "
		   "bookworm: write "
		   "'runtime: { python: \"3.14\" }', another 'suite', or another 'ref' of the app");
	j.recipe.runtime.python = "3.12"; /* a version that is named is that package's, not python3's */
	packages[1] =
		(struct lock_package){ .name = "python3.12", .version = "3.12.8-3", .group = GROUP_RUNTIME };
	AUTO_FREE char *named = said(&j);
	is(named, "r.yml:4:5: the app 'one' wants Python >=3.14, and the image would have 3.12.8, that "
		  "'runtime' names: write "
		  "'runtime: { python: \"3.14\" }', another 'suite', or another 'ref' of the app");
	put(&source.files, folder, "pyproject.toml", "requires-python = '~=3.12.4'\n");
	AUTO_FREE char *met = said(&j);
	is(met, "fine");
	j.recipe.runtime.python = NULL;
	j.lock.package_count = 0; /* no Python, so nobody can say */
	AUTO_FREE char *none = said(&j);
	is(none, "fine");
	tree_done(&source.files);
	err_free(file_remove_tree(folder));
	return t_done();
}

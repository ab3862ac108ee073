/* SPDX-License-Identifier: MIT */
#include "build/app_packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "t.h"

/* What a pyproject.toml declares, joined by spaces, or what is wrong with it. */
static char *declared(const char *folder, const char *bytes)
{
	struct app app = { .name = "one" };
	struct app_source source = { 0 };
	struct build_context j = { .sources = &source, .recipe = { .apps = { .items = &app, .count = 1 } } };
	struct declared all;
	struct text t = { 0 };
	AUTO_FREE char *path = mem_printf("%s/pyproject.toml", folder);

	err_free(file_write(path, bytes, strlen(bytes), 0644));
	tree_add(&source.files, &(struct entry){ .path = "pyproject.toml",
						 .kind = ENTRY_FILE,
						 .content = { .kind = CONTENT_DISK, .path = path } });
	struct err *e = app_packages(&j, &all);
	for (size_t i = 0; i < all.count; i++)
		text_printf(&t, "%s%s", i ? " " : "", all.items[i].name);
	free(all.items);
	tree_done(&source.files);
	lock_done(&j.lock);
	char *why = e ? err_text(e) : NULL;
	err_free(e);
	char *names = text_take(&t);
	if (!why)
		return names;
	free(names);
	return why;
}

int main(void)
{
	static const struct {
		const char *bytes, *want;
	} cases[] = {
		{ "[project]\nname = \"one\"\npackages = [\"not-this\"]\n", "" },
		{ "[deploy.dependencies.apt]\npackages = [\"libpango-1.0-0\", 'g++']\n",
		  "libpango-1.0-0 g++" },
		{ "[deploy.dependencies.apt]\npackages = [\n  \"libcairo2\", # \"no\"\n  "
		  "\"file\",\n]\n[tool.x]\npackages = [\"other\"]\n",
		  "libcairo2 file" },
		{ "[deploy.dependencies.apt]\npackages = []\n", "" },
		{ "[deploy.dependencies.apt]\npackages = [\"a;b\"]\n",
		  "one: pyproject.toml:2:14: 'a;b' is no Debian package's name" },
		{ "[deploy.dependencies.apt]\npackages = [\"libcairo2", "libcairo2" },
	};
	char folder[] = "/tmp/declared-XXXXXX";

	ok(mkdtemp(folder) != NULL);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO_FREE char *got = declared(folder, cases[i].bytes);
		is(got, cases[i].want);
	}
	err_free(file_remove_tree(folder));
	return t_done();
}

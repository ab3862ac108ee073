/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "build/build_context.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "sbom/sbom.h"

enum { FORMAT = OPTION_OWN };

struct wishes {
	const char *what, *file;
	enum sbom_format format;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	if (option == OPTION_OUTPUT) {
		w->file = value;
		return NULL;
	}
	w->format = !strcmp(value, "cyclonedx") ? SBOM_CYCLONEDX : SBOM_SPDX;
	if (strcmp(value, "spdx") && strcmp(value, "cyclonedx"))
		return err_new(ERR_USAGE, "--format takes spdx or cyclonedx, not '%s'", value);
	return NULL;
}

static struct err *open_image(const char *path, struct contents *ret)
{
	struct store *s = NULL;

	cmd_store_open(&s);
	struct err *e = contents_open(path, s, ret);
	store_close(s);
	return e;
}

/* Whether the image has every package that the lock has for it, in that version: else it was built from another. */
static bool is_of_lock(const struct contents *c, const struct lock *l)
{
	for (size_t i = 0; i < l->package_count; i++) {
		const struct lock_package *want = &l->packages[i];
		bool found = want->group >= GROUP_BUILD;
		for (size_t n = 0; !found && n < c->package_count; n++)
			found = c->packages[n].kind == PACKAGE_DEBIAN && c->packages[n].version && !strcmp(c->packages[n].name, want->name) &&
				!strcmp(c->packages[n].version, want->version);
		if (!found)
			return false;
	}
	return true;
}

/* What the recipe's build has written here, or else its lock, and then it says so. */
static struct err *of_recipe(const char *path, struct sbom *ret)
{
	static const char *const kinds[] = { "oci", "tar" };
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	bool locked, other = false;

	TRY(cmd_check_open(&j, path, PROGRESS_QUIET));
	TRY(build_context_lock_read(&j, &locked));
	if (!locked)
		return err_new(ERR_USAGE, "there is no %s yet: 'mkbench lock %s' makes it, 'mkbench build %s' the image, too", j.lock_path, path, path);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO_FREE char *image = mem_printf("%s-%s.%s", j.recipe.name, j.recipe.version, kinds[i]);
		AUTO_CONTENTS struct contents c = { 0 };
		if (access(image, F_OK))
			continue;
		TRY(open_image(image, &c));
		if (is_of_lock(&c, &j.lock)) {
			sbom_image(&c, ret);
			return NULL;
		}
		other = true;
	}
	fprintf(stderr, "mkbench: %s-%s.oci or .tar %s: this is what %s says, without what only a build brings; name an image for that\n",
		j.recipe.name, j.recipe.version, other ? "here is of another lock" : "is not here", j.lock_path);
	sbom_lock(&j.recipe, &j.lock, ret);
	return NULL;
}

static struct err *of_image(const char *path, struct sbom *ret)
{
	AUTO_CONTENTS struct contents c = { 0 };

	TRY(open_image(path, &c));
	sbom_image(&c, ret);
	return NULL;
}

static bool is_recipe(const char *path)
{
	return text_ends(path, ".yml") || text_ends(path, ".yaml");
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_SBOM struct sbom s = { 0 };
	AUTO_TEXT struct text out = { 0 };

	TRY(option_read(&cmd_sbom, argc, argv, take, &w, &w.what));
	TRY((is_recipe(w.what) ? of_recipe : of_image)(w.what, &s));
	sbom_print(&s, w.format, &out);
	if (w.file)
		return file_write(w.file, out.bytes, out.len, 0644);
	fputs(out.bytes, stdout);
	return NULL;
}

static const struct option_row options[] = {
	{ "format", FORMAT, "FORMAT", "spdx cyclonedx", "spdx (SPDX 2.3) or cyclonedx (CycloneDX 1.5), both as JSON; spdx unless given" },
	{ "output", OPTION_OUTPUT, "FILE", NULL, "the file that it is written to; standard output unless given" },
	{ 0 },
};

const struct cmd cmd_sbom = {
	.name = "sbom",
	.operand = "IMAGE|RECIPE",
	.summary = "list what an image is made of, as SPDX or CycloneDX",
	.text = "A bill of materials for scanners: packages of Debian with source and licence, of Python and Node, apps with their commits, and the "
		"programs of mkbench inside with the libraries linked into them. IMAGE is any image that 'mkbench inspect' takes.\n\n"
		"Of a RECIPE it is the image that its build has written here, NAME-VERSION.oci or .tar; where there is none, or it is of another lock, it "
		"is what the lock says, and a line on standard error says that.\n\n"
		"Equal images give equal bytes, on any machine and day.",
	.options = options,
	.run = run,
};

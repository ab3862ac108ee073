/* SPDX-License-Identifier: MIT */
/* mkbench sbom: writes a bill of materials of an image or of a recipe. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/named_file.h"
#include "base/text.h"
#include "build/build_context.h"
#include "cmd/built_image.h"
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

/* From the image that the recipe's build has written here, or else from its lock, and then says so. */
static struct err *of_recipe(const char *path, struct sbom *ret)
{
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	bool found, other;

	TRY(built_image(path, &j, &c, &found, &other));
	if (found) {
		sbom_image(&c, ret);
		return NULL;
	}
	fprintf(stderr,
		"mkbench: %s-%s.oci or .tar %s: this lists only what is in %s; name an image for the "
		"complete list\n",
		j.recipe.name, j.recipe.version, other ? "here was built from another lock" : "is not here",
		j.lock_path);
	sbom_lock(&j.recipe, &j.lock, ret);
	return NULL;
}

static struct err *of_image(const char *path, struct sbom *ret)
{
	AUTO_CONTENTS struct contents c = { 0 };

	TRY(built_image_open(path, &c));
	sbom_image(&c, ret);
	return NULL;
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_SBOM struct sbom s = { 0 };
	AUTO_TEXT struct text out = { 0 };

	TRY(option_read(&cmd_sbom, argc, argv, take, &w, &w.what));
	TRY((built_image_is_recipe(w.what) ? of_recipe : of_image)(w.what, &s));
	sbom_print(&s, w.format, &out);
	if (w.file)
		return named_file_write(w.file, out.bytes, out.len, 0644);
	fputs(out.bytes, stdout);
	return NULL;
}

static const struct option_row options[] = {
	{ "format", FORMAT, "FORMAT", "spdx cyclonedx",
	  "spdx (SPDX 2.3) or cyclonedx (CycloneDX 1.5), both as JSON; spdx unless given" },
	{ "output", OPTION_OUTPUT, "FILE", NULL,
	  "the file that it is written to; standard output unless given" },
	{ 0 },
};

const struct cmd cmd_sbom = {
	.name = "sbom",
	.operand = "IMAGE|RECIPE",
	.summary = "list what an image is made of, as SPDX or CycloneDX",
	.text = "A bill of materials for scanners: packages of Debian with source and licence, of Python and "
		"Node, apps with their commits, and the programs of mkbench inside with the libraries linked "
		"into them. IMAGE is any image that 'mkbench inspect' takes.\n\n"
		"Of a RECIPE it is the image that its build has written here, NAME-VERSION.oci or .tar; "
		"where there is none, or it was built from another lock, it is what the lock says, and a "
		"line on "
		"standard error says that.\n\n"
		"Equal images give equal bytes, on any machine and day.",
	.options = options,
	.run = run,
};

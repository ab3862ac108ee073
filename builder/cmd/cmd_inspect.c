/* SPDX-License-Identifier: MIT */
/* mkbench inspect: shows what is in an image, or what each line of a recipe brings. */
#include <stdio.h>

#include "base/text.h"
#include "cmd/built_image.h"
#include "cmd/cmd.h"
#include "cmd/inspect_lines.h"
#include "cmd/option.h"
#include "report/inspect.h"

enum { JSON = OPTION_OWN };

struct wishes {
	const char *image, *why;
	bool json;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case JSON: w->json = true; return NULL;
	case OPTION_WHY: w->why = value; return NULL;
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static struct err *print(const struct wishes *w, const struct contents *c, json_t *lines, struct text *out)
{
	if (w->why)
		return inspect_why(c, w->why, w->json, out);
	if (w->json) {
		inspect_print_json(c, json_incref(lines), out);
		return NULL;
	}
	inspect_print(c, out);
	if (lines)
		inspect_lines_print(w->image, lines, out);
	return NULL;
}

static struct err *open_built(const char *recipe, struct contents *c, json_t **ret_lines)
{
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	bool found, other;

	TRY(built_image(recipe, &j, c, &found, &other));
	if (!found)
		return err_new(ERR_USAGE, "%s-%s.oci or .tar %s: 'mkbench build %s' writes it here",
			       j.recipe.name, j.recipe.version,
			       other ? "in this folder was built from another lock" : "is not in this folder",
			       recipe);
	return inspect_lines(&j, c, ret_lines);
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	AUTO_TEXT struct text out = { 0 };
	json_t *lines = NULL;

	TRY(option_read(&cmd_inspect, argc, argv, take, &w, &w.image));
	struct err *e = built_image_is_recipe(w.image) ? open_built(w.image, &c, &lines) :
							 built_image_open(w.image, &c);
	if (!e)
		e = print(&w, &c, lines, &out);
	json_decref(lines);
	TRY(e);
	fputs(out.bytes, stdout);
	return NULL;
}

static const struct option_row options[] = {
	{ "why", OPTION_WHY, "PATH", NULL,
	  "only who brought this file of the image: its layer, step and package" },
	{ "json", JSON, NULL, NULL, "as JSON" },
	{ 0 },
};

const struct cmd cmd_inspect = {
	.name = "inspect",
	.operand = "IMAGE|RECIPE",
	.summary = "show what an image holds, how large it is and who brought a file",
	.text = "IMAGE is an OCI image layout (a NAME-TAG.oci folder, or one in a .tar) or a docker archive, "
		"of mkbench or of others, with :TAG behind it where it holds several: its settings, its "
		"layers, its packages of Debian, Python and Node, its apps, what is largest. Needs no "
		"privileges and starts nothing. Disks cannot be inspected: inspect the container of the same "
		"recipe.\n\n"
		"For a RECIPE it shows the image built in this folder, and how much of it each line of the "
		"recipe accounts for; if several lines ask for a package, it counts for the line that the "
		"lock gives as the reason.\n\n"
		"The store remembers each layer that was read or built here, so the next look is quick.",
	.options = options,
	.run = run,
};

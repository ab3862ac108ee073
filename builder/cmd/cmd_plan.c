/* SPDX-License-Identifier: MIT */
/* mkbench plan: shows what a build would do. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "build/build_context.h"
#include "cmd/option.h"

static void print(const struct build_context *j, bool locked, struct text *out)
{
	plan_print(&j->plan, out);
	text_printf(out, "  framework %s%s\n", service_framework(j->services),
		    strcmp(j->recipe.framework, "auto") ? "" : ", from the first app");
	if (!locked)
		text_printf(out, "  no lock   chosen now: 'mkbench lock' or a build writes %s\n",
			    j->lock_path);
}

static struct err *run(int argc, char **argv)
{
	struct option_set o = { 0 };
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	AUTO_TEXT struct text out = { 0 };
	bool locked;

	TRY(option_set_read(&cmd_plan, argc, argv, &o));
	TRY(cmd_check_open(&j, o.recipe, o.style));
	TRY(build_context_lock_read(&j, &locked));
	if (!locked)
		TRY(build_context_lock_choose(&j));
	if (o.why)
		TRY(plan_why(&j.plan, o.why, &out));
	else
		print(&j, locked, &out);
	fputs(out.bytes, stdout);
	return NULL;
}

static const struct option_row options[] = {
	{ "why", OPTION_WHY, "PACKAGE", NULL, "only what leads to this package" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

const struct cmd cmd_plan = {
	.name = "plan",
	.operand = "RECIPE",
	.summary = "show what a build would do, and why a package is there",
	.text = "Prints the packages by layer: those of the lock beside the recipe, or, where there is no "
		"lock, those that one would have now.\n\n"
		"Writes nothing beside the recipe. Lists of packages, and apps that are in git, are "
		"downloaded into the store.",
	.options = options,
	.run = run,
};

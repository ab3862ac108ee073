/* SPDX-License-Identifier: MIT */
/* mkbench check: reports every problem of a recipe at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/option.h"
#include "build/share.h"
#include "build/build_context.h"
#include "cmd/cmd.h"
#include "cmd/event_line.h"
#include "recipe/recipe_check.h"
#include "service/service.h"

/* Debian's name for this machine's architecture, or NULL. */
static const char *host_architecture(void)
{
	static const char *const names[][2] = { { "x86_64", "amd64" }, { "aarch64", "arm64" } };
	struct utsname u;

	for (size_t i = 0; !uname(&u) && i < COUNT(names); i++)
		if (!strcmp(u.machine, names[i][0]))
			return names[i][1];
	return NULL;
}

static struct err *check(const char *path, bool keyrings, struct recipe *ret,
			 struct service_set **ret_services)
{
	struct problems problems;
	AUTO_FREE char *share = NULL;
	struct err *e = recipe_read(path, ret, &problems);

	*ret_services = NULL;
	if (ret->root) {
		err_free(e);
		TRY(share_folder(&share));
		recipe_check_architecture(ret, host_architecture(), &problems);
		if (keyrings)
			service_check_keyrings(ret, &problems);
		e = service_check(share, ret, &problems);
		e = e ? e : recipe_verdict(ret, &problems);
	}
	AUTO_FREE char *report = problem_report(&problems, path);
	if (option_events())
		event_line_problems(&problems, path);
	else
		fputs(report, stderr);
	return e ? e : service_load(share, ret, ret_services);
}

struct err *cmd_check_recipe(const char *path, struct recipe *ret, struct service_set **ret_services)
{
	return check(path, false, ret, ret_services);
}

struct err *cmd_check_open(struct build_context *j, const char *path, enum progress_style style)
{
	TRY(cmd_check_recipe(path, &j->recipe, &j->services));
	return build_context_open(j, path, style);
}

static struct err *run(int argc, char **argv)
{
	struct option_set o = { 0 };
	struct recipe r = { 0 };
	struct service_set *services;
	size_t outputs;

	TRY(option_set_read(&cmd_check, argc, argv, &o));
	struct err *e = check(o.recipe, true, &r, &services);
	outputs = r.outputs.count + r.registries.count;
	if (!e)
		printf("%s: ok: %zu app%s, %zu site%s, %zu output%s\n", o.recipe, r.apps.count,
		       text_plural(r.apps.count), r.sites.count, text_plural(r.sites.count), outputs,
		       text_plural(outputs));
	service_free(services);
	recipe_done(&r);
	return e;
}

const struct cmd cmd_check = {
	.name = "check",
	.operand = "RECIPE",
	.summary = "read a recipe and report its problems",
	.text = "Every problem is reported at once, a line each: file:line:column: what: hint. In a file "
		"that is not valid YAML, problems are reported up to that place. Problems that only a "
		"download can show, such as a package that does not exist, are reported by plan and "
		"build.\n\n"
		"Writes nothing.",
	.run = run,
};

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "recipe/recipe.h"
#include "service/service.h"

struct err *cmd_check_recipe(const char *path, struct recipe *ret)
{
	struct problems problems;
	struct err *e = recipe_read(path, ret, &problems);

	if (ret->root) {
		AUTO_FREE char *share = cmd_share();
		err_free(e);
		service_ports_check(share, ret, &problems);
		e = recipe_verdict(ret, &problems);
	}
	AUTO_FREE char *report = problem_report(&problems, path);
	fputs(report, stderr);
	return e;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static struct err *run(int argc, char **argv)
{
	struct recipe r = { 0 };

	if (argc != 2 || argv[1][0] == '-')
		return err_new(ERR_USAGE, "check takes one recipe: mkbench check RECIPE");
	struct err *e = cmd_check_recipe(argv[1], &r);
	if (!e)
		printf("%s: ok: %zu app%s, %zu site%s, %zu output%s\n", argv[1], r.apps.count, plural(r.apps.count),
		       r.sites.count, plural(r.sites.count), r.outputs.count, plural(r.outputs.count));
	recipe_done(&r);
	return e;
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "RECIPE",
	.summary = "read a recipe and report every problem in it",
	.help =
		"\n"
		"Writes nothing. Each problem is a line: file:line:column: what: hint.\n",
	.run = run,
};

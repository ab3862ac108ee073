#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "recipe/recipe_check.h"
#include "service/service.h"

/* Debian's name for the machine we run on, or NULL. */
static const char *host_architecture(void)
{
	static const char *const names[][2] = { { "x86_64", "amd64" }, { "aarch64", "arm64" } };
	struct utsname u;

	for (size_t i = 0; !uname(&u) && i < COUNT(names); i++)
		if (!strcmp(u.machine, names[i][0]))
			return names[i][1];
	return NULL;
}

struct err *cmd_check_recipe(const char *path, struct recipe *ret, struct service_set **ret_services)
{
	struct problems problems;
	AUTO_FREE char *share = NULL;
	struct err *e = recipe_read(path, ret, &problems);

	*ret_services = NULL;
	if (ret->root) {
		err_free(e);
		TRY(cmd_share(&share));
		recipe_check_architecture(ret, host_architecture(), &problems);
		e = service_check(share, ret, &problems);
		e = e ? e : recipe_verdict(ret, &problems);
	}
	AUTO_FREE char *report = problem_report(&problems, path);
	fputs(report, stderr);
	return e ? e : service_load(share, ret, ret_services);
}

static struct err *run(int argc, char **argv)
{
	struct recipe r = { 0 };
	struct service_set *services;

	if (argc != 2 || argv[1][0] == '-')
		return err_new(ERR_USAGE, "check takes one recipe: mkbench check RECIPE");
	struct err *e = cmd_check_recipe(argv[1], &r, &services);
	if (!e)
		printf("%s: ok: %zu app%s, %zu site%s, %zu output%s\n", argv[1], r.apps.count, text_plural(r.apps.count),
		       r.sites.count, text_plural(r.sites.count), r.outputs.count, text_plural(r.outputs.count));
	service_free(services);
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

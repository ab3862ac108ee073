#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"

static const struct cmd cmds[] = {
	{ "init", "[--apps-json F] [NAME]", "begin a recipe: asks a few questions, or guesses", cmd_init },
	{ "check", "RECIPE", "read a recipe and report every problem in it", cmd_check },
	{ "schema", "[--json]", "print the recipe reference, or its JSON Schema", cmd_schema },
	{ "plan", "[--why PACKAGE] RECIPE", "show what a build would do, and why a package is there", cmd_plan },
	{ "lock", "RECIPE", "choose packages and commits anew and write them beside the recipe", cmd_lock },
	{ "build", "[-o DIR] RECIPE", "build the recipe's outputs", cmd_build },
	{ "run", "IMAGE|RECIPE", "start an image, built first from a recipe, and say where it answers", cmd_run },
	{ "verify", "IMAGE|RECIPE", "start an image, check everything it does, and leave nothing of it", cmd_verify },
	{ "clean", "[--built|--all]", "remove from the store what a month did not use, what was built, or all", cmd_clean },
};

static void usage(FILE *out)
{
	fputs("usage: mkbench COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < COUNT(cmds); i++)
		fprintf(out, "  %-8s %-22s %s\n", cmds[i].name, cmds[i].args, cmds[i].help);
	fputs("\nexit status: 0 done, 2 usage, 3 recipe, 4 fetch, 5 build, or a failed check of verify, 6 system\n", out);
}

static struct err *dispatch(int argc, char **argv)
{
	const char *names[COUNT(cmds)];

	for (size_t i = 0; i < COUNT(cmds); i++) {
		if (!strcmp(cmds[i].name, argv[0]))
			return cmds[i].run(argc, argv);
		names[i] = cmds[i].name;
	}
	const char *near = text_nearest(argv[0], names, COUNT(names));
	return err_new(ERR_USAGE, near ? "no command '%s': did you mean '%s'?" : "no command '%s': try 'mkbench help'",
		       argv[0], near);
}

/* A result that did not reach a full disk is no success. */
static struct err *flush(void)
{
	return fflush(stdout) || ferror(stdout) ? err_errno(errno, "write standard output") : NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? ERR_USAGE : 0;
	}
	struct err *e = dispatch(argc - 1, argv + 1);
	if (!e)
		e = flush();
	if (!e)
		return 0;
	AUTO_FREE char *text = err_text(e);
	int status = (int)err_kind(e);
	fprintf(stderr, "mkbench: %s\n", text);
	err_free(e);
	return status;
}

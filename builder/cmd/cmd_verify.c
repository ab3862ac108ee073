#include "cmd/cmd.h"

#include <stdio.h>

#include "base/mem.h"
#include "cmd/machine_option.h"
#include "cmd/option.h"
#include "run/verify.h"

static const char help[] =
	"\n"
	"Starts IMAGE (a NAME-TAG.oci folder, a .tar, a .raw or .qcow2 disk), or the\n"
	"first output of a RECIPE, which is built first, as an instance of its own on a\n"
	"free port; checks the application from inside and through that port, a line\n"
	"each; stops it in order and removes it with its data, also after Ctrl-C. Exit\n"
	"status 5: a check has failed.\n"
	"\n"
	"  --json              the report as JSON, when all is over\n"
	MACHINE_HELP
	"  --output FOLDER     where the image of a RECIPE is written; here unless given\n"
	PROGRESS_HELP;

enum { JSON = 1, OUTPUT, PROGRESS };

static const struct option options[] = {
	{ "json", no_argument, NULL, JSON },
	{ "output", required_argument, NULL, OUTPUT },
	{ "progress", required_argument, NULL, PROGRESS },
	MACHINE_OPTIONS,
	{ 0 },
};

struct wishes {
	struct run_options run;
	struct option_set build;
	bool json;
};

static struct err *take(struct wishes *w, int option, const char *value)
{
	bool known;

	TRY(machine_option(option, value, &w->run, &known));
	if (known)
		return NULL;
	switch (option) {
	case JSON: w->json = true; return NULL;
	case OUTPUT: w->build.folder = value; return NULL;
	case PROGRESS: return option_style(value, &w->build.style);
	default: return err_new(ERR_USAGE, "verify: unknown option, or one without its value: see 'mkbench help verify'");
	}
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_FREE char *image = NULL;

	opterr = 0;
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		TRY(take(&w, option, optarg));
	if (argc - optind != 1)
		return err_new(ERR_USAGE, "verify takes one image or recipe: see 'mkbench help verify'");
	w.build.recipe = argv[optind];
	TRY(cmd_run_image(&w.build, &image));
	w.run.image = image;
	w.run.style = w.build.style;
	return verify_image(&w.run, w.json);
}

const struct cmd cmd_verify = {
	.name = "verify",
	.args = "[OPTIONS] IMAGE|RECIPE",
	.summary = "start an image, check all that it does, leave nothing of it",
	.help = help,
	.run = run,
};

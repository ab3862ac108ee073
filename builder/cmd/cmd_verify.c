/* SPDX-License-Identifier: MIT */
/* mkbench verify: starts an image and checks it, or builds a recipe twice. */
#include "cmd/cmd.h"

#include <stdio.h>

#include "base/mem.h"
#include "cmd/machine_option.h"
#include "cmd/option.h"
#include "cmd/reproduce.h"
#include "verify/verify.h"

enum { JSON = OPTION_OWN, REPRODUCIBLE };

struct wishes {
	struct run_options run;
	struct option_set build;
	bool json, reproducible;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;
	bool known;

	TRY(machine_option(option, value, &w->run, &known));
	if (known)
		return NULL;
	switch (option) {
	case JSON: w->json = true; return NULL;
	case REPRODUCIBLE: w->reproducible = true; return NULL;
	case OPTION_OUTPUT: w->build.folder = value; return NULL;
	case OPTION_PROGRESS: return option_style(value, &w->build.style);
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_FREE char *image = NULL;

	TRY(option_read(&cmd_verify, argc, argv, take, &w, &w.build.recipe));
	if (w.reproducible) {
		const char *idle = w.run.engine	  ? "--engine" :
				   w.build.folder ? "--output" :
				   w.build.style  ? "--progress" :
						    machine_option_used(&w.run.machine);
		return idle ? err_new(ERR_USAGE,
				      "%s cannot be used with --reproducible, which starts no image", idle) :
			      reproduce(w.build.recipe, w.json);
	}
	TRY(cmd_run_image(&w.build, &image));
	w.run.image = image;
	w.run.style = w.build.style;
	return verify_image(&w.run, w.json);
}

static const struct option_row options[] = {
	{ "json", JSON, NULL, NULL, "the report as JSON, when all is over" },
	{ "reproducible", REPRODUCIBLE, NULL, NULL,
	  "build a RECIPE twice, the second time under other circumstances, and start nothing: are its "
	  "outputs the same bytes?" },
	MACHINE_OPTION_ROWS,
	{ "output", OPTION_OUTPUT, "FOLDER", NULL,
	  "where the image of a RECIPE is written; here unless given" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

const struct cmd cmd_verify = {
	.name = "verify",
	.operand = "IMAGE|RECIPE",
	.summary = "start an image, check everything that it does, leave nothing behind",
	.text = "Starts IMAGE (a NAME-TAG.oci folder, a .tar, a .raw or .qcow2 disk), or the first output of "
		"a RECIPE, which is built first, as an instance of its own on a free port; checks the "
		"application from inside and through that port, a line each; stops it in order and removes "
		"it with its data, also after Ctrl-C. Exit status 5: a check has failed.\n\n"
		"With --reproducible RECIPE is built as usual, then from an empty store on one processor "
		"with another umask, locale, time zone, HOME and output folder, 400 days later and, for "
		"root, by another user, from another folder, under another host name. It reports what it "
		"varied. Each output and document beside it must be the same bytes. Exit status 5: one is "
		"not; "
		"the first path that differs is shown with what both builds have there. The later date "
		"applies to programs in the sandbox, except steps with network (no certificate would be "
		"valid), statically linked programs, and times of files.",
	.options = options,
	.run = run,
};

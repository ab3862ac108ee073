#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/job.h"
#include "cmd/option.h"

static struct err *run(int argc, char **argv)
{
	struct option_set o = { 0 };
	AUTO_JOB struct job j = { 0 };
	AUTO_TEXT struct text out = { 0 };
	bool locked;

	TRY(option_read(argc, argv, OPTION_PROGRESS | OPTION_WHY, &o));
	TRY(job_open(&j, o.recipe, o.style));
	TRY(job_lock_read(&j, &locked));
	if (!locked)
		TRY(job_lock_make(&j));
	if (o.why)
		TRY(plan_why(&j.plan, o.why, &out));
	else
		plan_print(&j.plan, &out);
	fputs(out.bytes, stdout);
	return NULL;
}

const struct cmd cmd_plan = {
	.name = "plan",
	.args = "[OPTIONS] RECIPE",
	.summary = "show what a build would do, and why a package is there",
	.help =
		"\n"
		"Prints the packages by layer, as the lock beside the recipe has them.\n"
		"\n"
		"  --why PACKAGE       only what leads to this package\n"
		PROGRESS_HELP,
	.run = run,
};

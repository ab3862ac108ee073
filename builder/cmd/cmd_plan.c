#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/job.h"
#include "cmd/option.h"

struct err *cmd_plan(int argc, char **argv)
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

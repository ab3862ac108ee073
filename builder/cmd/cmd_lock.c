#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/job.h"
#include "cmd/option.h"

struct err *cmd_lock(int argc, char **argv)
{
	struct option_set o = { 0 };
	AUTO_JOB struct job j = { 0 };

	TRY(option_read(argc, argv, OPTION_PROGRESS, &o));
	TRY(job_open(&j, o.recipe, o.style));
	TRY(job_lock(&j, true));
	printf("%s: %zu packages, %zu apps\n", j.lock_path, j.lock.package_count, j.lock.app_count);
	return NULL;
}

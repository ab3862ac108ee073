/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cmd/build_layers.h"
#include "cmd/cmd.h"
#include "cmd/job.h"
#include "cmd/option.h"
#include "layer/sandbox.h"

static struct err *run(int argc, char **argv)
{
	struct option_set o = { 0 };
	AUTO_JOB struct job j = { 0 };
	const struct service_step *steps;

	TRY(option_set_read(&cmd_lock, argc, argv, &o));
	TRY(job_open(&j, o.recipe, o.style));
	bool pins = service_pin_steps(j.services, &steps) > 0;
	if (pins)
		TRY(sandbox_enter_user_namespace());
	TRY(job_lock_make(&j));
	if (pins)
		TRY(build_layers_lock(&j));
	size_t folders = j.recipe.apps.count - j.lock.app_count;
	printf("%s: %zu package%s", j.lock_path, j.lock.package_count, text_plural(j.lock.package_count));
	if (j.lock.app_count)
		printf(", %zu app%s", j.lock.app_count, text_plural(j.lock.app_count));
	if (folders)
		printf("; %zu app%s built from a folder as it stands", folders, folders == 1 ? " is" : "s are");
	putchar('\n');
	return NULL;
}

static const struct option_row options[] = { OPTION_PROGRESS_ROW, { 0 } };

const struct cmd cmd_lock = {
	.name = "lock",
	.operand = "RECIPE",
	.summary = "choose packages and commits anew, write them beside the recipe",
	.text = "Later builds use exactly what the lock names.",
	.options = options,
	.run = run,
};

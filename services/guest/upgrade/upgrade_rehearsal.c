/* SPDX-License-Identifier: MIT */
#include "upgrade/upgrade_rehearsal.h"

#include <unistd.h>

#include "base/mem.h"
#include "lib/environment.h"

bool upgrade_rehearsal_wanted(void)
{
	return environment_flag("MKBENCH_REHEARSE");
}

struct err *upgrade_rehearsal_check(const struct bench *b)
{
	AUTO_FREE char *mark = bench_in_data(b, UPGRADE_REHEARSAL_MARK);
	bool copy = !access(mark, F_OK), wanted = upgrade_rehearsal_wanted();

	if (wanted && !copy)
		return err_new(ERR_SYSTEM,
			       "MKBENCH_REHEARSE is for a copy, and %s is none: run 'benchctl upgrade "
			       "--rehearse' in the instance that serves; it says how to go on",
			       b->data);
	if (copy && !wanted)
		return err_new(ERR_SYSTEM,
			       "%s is a copy to rehearse an upgrade on: its jobs and mails would be sent "
			       "twice; set MKBENCH_REHEARSE=1",
			       b->data);
	return NULL;
}

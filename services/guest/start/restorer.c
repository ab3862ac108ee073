/* SPDX-License-Identifier: MIT */
#include "start/restorer.h"

#include <signal.h>
#include <unistd.h>

#include "backup/backup_instance.h"
#include "lib/log.h"
#include "lib/spawn.h"
#include "provision/volume.h"

struct err *restorer_run(struct bench *b, bool (*goes_on)(void *arg), void *arg)
{
	char *argv[] = { (char *)"restorer", NULL };
	bool due = backup_instance_is_due(b);

	if (!due && backup_instance_is_asked())
		log_line("MKBENCH_RESTORE: the volume holds an instance already: nothing is restored");
	pid_t pid = due ? spawn("/proc/self/exe", argv, environ, -1) : 0;
	if (!due)
		return NULL;
	if (!pid)
		return err_new(ERR_SYSTEM, "the backup cannot be restored");
	while (!kill(pid, 0))
		if (!goes_on(arg)) {
			kill(-pid, SIGKILL); /* the next start begins anew or finishes */
			return NULL;
		}
	if (backup_instance_is_due(b))
		return err_new(ERR_SYSTEM, "no backup was restored, and MKBENCH_RESTORE asks for one");
	bench_json_done(b);
	return bench_read(b);
}

/* SPDX-License-Identifier: MIT */
#include "start/backup_clock.h"

#include <time.h>
#include <unistd.h>

#include "backup/backup.h"
#include "backup/backup_record.h"
#include "lib/spawn.h"

void backup_clock_turn(const struct bench *b, pid_t *pid)
{
	char *argv[] = { (char *)"benchctl", (char *)"backup", (char *)"--scheduled", NULL };
	int64_t due = *pid || !b->backup_schedule ? -1 : backup_record_due(b);

	if (due >= 0 && due <= (int64_t)time(NULL) && !backup_is_busy(b))
		*pid = spawn("/proc/self/exe", argv, environ, -1);
}

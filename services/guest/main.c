/* SPDX-License-Identifier: MIT */
/* One program with several names: the last part of argv[0], or the first argument, chooses the task. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "backup/backup_instance.h"
#include "tools/agent.h"
#include "tools/as.h"
#include "base/stream.h"
#include "start/disk_start.h"
#include "tools/console.h"
#include "tools/ctl.h"
#include "tools/health.h"
#include "disk/identity.h"
#include "start/init.h"
#include "disk/initrd.h"
#include "jobs/keeper.h"
#include "prebake/prebake.h"
#include "start/provision.h"
#include "start/log_relay.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} programs[] = {
	{ "init", init_main },
	{ "provision", provision_main },
	{ "health", health_main },
	{ "ctl", ctl_main },
	{ "benchctl", ctl_main },
	{ "initrd", initrd_main },
	{ "identity", identity_main },
	{ "boot", disk_start_main },
	{ "console", console_main },
	{ "agent", agent_main },
	{ "relay", log_relay_main },
	{ "as", as_main },
	{ "restorer", backup_instance_main },
	{ "keeper", keeper_main },
	{ "prebake", prebake_main },
};

int main(int argc, char **argv)
{
	for (int shift = 0; shift < 2 && shift < argc; shift++) {
		const char *slash = strrchr(argv[shift], '/'), *name = slash ? slash + 1 : argv[shift];
		for (size_t i = 0; i < COUNT(programs); i++)
			if (!strcmp(programs[i].name, name)) {
				/* their output may contain words of the bench's programs or of visitors */
				stream_plain(&stdout);
				stream_plain(&stderr);
				return programs[i].run(argc - shift, argv + shift);
			}
	}
	fputs("usage: guest init|provision|health|ctl [ARGUMENTS]\n", stderr);
	return 2;
}

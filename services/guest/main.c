/* SPDX-License-Identifier: MIT */
/* One program under several names: the last part of argv[0], or the first argument, says which. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "agent.h"
#include "as.h"
#include "base/stream.h"
#include "boot.h"
#include "console.h"
#include "ctl.h"
#include "health.h"
#include "identity.h"
#include "init.h"
#include "initrd.h"
#include "provision.h"
#include "relay.h"

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
	{ "boot", boot_main },
	{ "console", console_main },
	{ "agent", agent_main },
	{ "relay", relay_main },
	{ "as", as_main },
};

int main(int argc, char **argv)
{
	for (int shift = 0; shift < 2 && shift < argc; shift++) {
		const char *slash = strrchr(argv[shift], '/'), *name = slash ? slash + 1 : argv[shift];
		for (size_t i = 0; i < COUNT(programs); i++)
			if (!strcmp(programs[i].name, name)) {
				/* what they say may be words of the bench's programs, or of visitors */
				stream_plain(&stdout);
				stream_plain(&stderr);
				return programs[i].run(argc - shift, argv + shift);
			}
	}
	fputs("usage: guest init|provision|health|ctl [ARGUMENTS]\n", stderr);
	return 2;
}

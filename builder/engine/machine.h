/* SPDX-License-Identifier: MIT */
/* Runs the virtual machine of a disk: QEMU's command line, and the machine's own folder. */
#pragma once
#include "base/err.h"

struct launch;
struct qemu_disks;

/* A person's choices; the comments name the defaults, for 0 and NULL. */
struct machine {
	const char *accelerator; /* "auto", "kvm", "tcg"; $MKBENCH_ACCEL, or auto */
	const char *firmware;	 /* "bios", "uefi"; bios */
	unsigned memory_mb;	 /* MiB; 2048 */
	unsigned cpus;		 /* 2 */
};

/* A machine option that was given, for a message; NULL: none. */
const char *machine_option_used(const struct machine *m);
/* The path of a file in the machine's folder, $XDG_DATA_HOME/mkbench/NAME; the caller's to free. */
char *machine_path(const char *name, const char *file);
/* The names of machines whose folder has that file, one a line; the caller's to free. */
char *machine_names(const char *file);
/* Returns once QEMU runs in the background, with its console in "console" and its sockets at "agent" and
 * "qmp". l->env is passed as system credentials. */
struct err *machine_start(const struct launch *l, const struct qemu_disks *d,
			  const char *accelerator) MUST_CHECK;

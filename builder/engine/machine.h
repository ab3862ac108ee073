/* SPDX-License-Identifier: MIT */
/* The virtual machine of a disk: QEMU's command line, and the folder that the machine has to itself. */
#pragma once
#include "base/err.h"

struct launch;
struct qemu_disks;

/* What a person may choose of it; 0 and NULL: as the comment says. */
struct machine {
	const char *accelerator; /* "auto", "kvm", "tcg"; $MKBENCH_ACCEL, or auto */
	const char *firmware;	 /* "bios", "uefi"; bios */
	unsigned memory_mb;	 /* MiB; 2048 */
	unsigned cpus;		 /* 2 */
};

/* The option that a person has used, for a message; NULL: none. */
const char *machine_option_used(const struct machine *m);
/* A file of the machine's folder, below $XDG_DATA_HOME/mkbench/NAME; the caller's to free. */
char *machine_path(const char *name, const char *file);
/* The names whose folder has that file, a line each; the caller's. */
char *machine_names(const char *file);
/* Returns once QEMU runs in the background, with its console in "console" and its sockets at "agent" and
 * "qmp". What l->env says is handed over as system credentials. */
struct err *machine_start(const struct launch *l, const struct qemu_disks *d,
			  const char *accelerator) MUST_CHECK;

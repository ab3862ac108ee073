/* SPDX-License-Identifier: MIT */
/* What a machine was given from outside, one file each (systemd.system-credentials(7)): by systemd from
 * SMBIOS and fw_cfg, which wins, and by the first root from a NoCloud seed. */
#pragma once
#include <stddef.h>

#define CREDENTIAL_SYSTEM "/run/credentials/@system"
/* not @initrd: what newer ones of systemd find there wins over the host's */
#define CREDENTIAL_SEED "/run/mkbench/seed"
#define CREDENTIAL_LIMIT 65536

/* In ascending order of their weight. */
extern const char *const credential_folders[2];

/* The text of the weightiest one, without its last newline; the caller's to free. NULL: it was not given. */
char *credential_text(const char *name);
/* Whatever was given under that name, by every way, one below the other; the caller's to free, or NULL. */
char *credential_all(const char *name);

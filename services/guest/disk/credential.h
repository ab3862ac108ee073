/* SPDX-License-Identifier: MIT */
/* Settings that a machine got from outside, as credentials: one file each (systemd.system-credentials(7)).
 * systemd takes them from SMBIOS and fw_cfg, and those win; the initrd takes others from a NoCloud seed. */
#pragma once
#include <stddef.h>

#define CREDENTIAL_SYSTEM "/run/credentials/@system"
/* not @initrd: newer systemd lets credentials from there win over the host's */
#define CREDENTIAL_SEED "/run/mkbench/seed"
#define CREDENTIAL_LIMIT 65536

/* In ascending order of precedence. */
extern const char *const credential_folders[2];

/* The text of the credential with the highest precedence, without its last newline; the caller frees it.
 * NULL: none was given. */
char *credential_text(const char *name);
/* All texts given under that name, one after the other; the caller frees it, or NULL. */
char *credential_all(const char *name);

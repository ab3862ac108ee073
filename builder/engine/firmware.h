/* SPDX-License-Identifier: MIT */
/* Chooses a virtual machine's firmware from the descriptions that firmware packages install. Format: QEMU's
 * docs/interop/firmware.json; folders: /etc/qemu/firmware and /usr/share/qemu/firmware. */
#pragma once
#include "base/err.h"

/* wanted: "bios", "uefi", or NULL, which means bios. ret_code is the -drive value of the read-only firmware,
 * the other one that of its variables, a file in the machine's folder. Both are the caller's to free, and
 * NULL if not needed, as with QEMU's own BIOS. ERR_USAGE for another word, ERR_SYSTEM if no UEFI firmware is
 * installed. */
struct err *firmware_choose(const char *wanted, const char *folder, char **ret_code,
			    char **ret_variables) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Which firmware a virtual machine starts with, by the descriptions that come with each firmware's
 * package (QEMU's docs/interop/firmware.json; /etc/qemu/firmware and /usr/share/qemu/firmware). */
#pragma once
#include "base/err.h"

/* wanted: "bios", "uefi", or NULL, which is bios. The values of -drive for its program, read-only, and for
 * what it remembers, a file of the machine's folder; the caller's to free, NULL when there is none, as with
 * QEMU's own BIOS. ERR_USAGE for another word, ERR_SYSTEM where no UEFI firmware is installed. */
struct err *firmware_choose(const char *wanted, const char *folder, char **ret_code,
			    char **ret_variables) MUST_CHECK;

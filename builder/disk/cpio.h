/* SPDX-License-Identifier: MIT */
/* Writes the archive that a kernel unpacks as initramfs: cpio's "newc" format (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst). Owners are root, times zero. */
#pragma once
#include "base/text.h"

struct cpio {
	struct text bytes;
	unsigned last; /* last inode number used */
};

void cpio_folder(struct cpio *c, const char *path);
void cpio_file(struct cpio *c, const char *path, unsigned mode, const void *bytes, size_t len);
/* Ends the archive. */
void cpio_end(struct cpio *c);

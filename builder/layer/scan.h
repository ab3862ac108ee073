/* SPDX-License-Identifier: MIT */
/* An overlay's upper folder read back as a tree (the kernel's overlayfs documentation:
 * whiteouts are character devices 0/0, an opaque folder has the extended attribute trusted.overlay.opaque
 * or user.overlay.opaque "y"). */
#pragma once
#include "base/text.h"
#include "tree/tree.h"

/* Fills ret, sorted: content CONTENT_DISK below folder, which must not change as long as the
 * tree is used; names of one inode as hard links; sockets are left out. With hash
 * each file's digest is computed. notes, when given, receives a line for each thing that a
 * tree cannot hold, such as file capabilities. */
struct err *scan_folder(const char *folder, bool hash, struct tree *ret, struct text *notes) MUST_CHECK;

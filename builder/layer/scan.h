/* SPDX-License-Identifier: MIT */
/* Reads an overlay's upper folder as a tree. By the kernel's overlayfs documentation, whiteouts are character
 * devices 0/0, and an opaque folder has the extended attribute trusted.overlay.opaque or user.overlay.opaque
 * "y". */
#pragma once
#include "base/text.h"
#include "tree/tree.h"

/* Fills ret, sorted: content is CONTENT_DISK below folder, which must not change while the tree is used.
 * Further names of an inode become hard links; sockets are left out. With hash, each file's digest is
 * computed. notes, if given, receives a line for each thing that a tree cannot hold, such as file
 * capabilities. */
struct err *scan_folder(const char *folder, bool hash, struct tree *ret, struct text *notes) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* The merged-/usr layout, in which /bin, /sbin, /lib and similar folders are links to usr/…. */
#pragma once
#include "layer/deb/installed.h"

/* Fills ret with the links and their target folders, unless a package contains them: trixie's base-files
 * does; on bookworm debootstrap makes them, and so do we. */
void usrmerge_make(const struct installed *packages, size_t count, const char *architecture, int64_t mtime,
		   struct tree *ret);
/* Follows the link at link_path in path, which lies below it; never above the root. The result is in
 * arena. */
const char *usrmerge_follow(struct arena *arena, const char *link_path, const char *target, const char *path);

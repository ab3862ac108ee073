/* SPDX-License-Identifier: MIT */
/* The merged-/usr layout, where /bin, /sbin, /lib and their like are links to usr/…. */
#pragma once
#include "layer/deb/installed.h"

/* Fills ret with the links, and the folders they lead to, unless a package brings
 * them: trixie's base-files does, on bookworm debootstrap makes them and so do we. */
void usrmerge_make(const struct installed *packages, size_t count, const char *architecture, int64_t mtime,
		   struct tree *ret);
/* path, which lies below the link at link_path, with the link followed; never above
 * the root. In arena. */
const char *usrmerge_follow(struct arena *arena, const char *link_path, const char *target, const char *path);

/* SPDX-License-Identifier: MIT */
/* Sets up the inside of a sandbox, from a new process to the image's root. */
#pragma once
#include <stdint.h>

#include "layer/sandbox/sandbox.h"

/* Makes the namespaces, mounts the root and enters it. Only for the single-threaded first process of a
 * process namespace. user: from sandbox_range_open, called before that namespace was made. */
struct err *sandbox_root_enter(const struct sandbox *s, int user) MUST_CHECK;
/* Whether root in a sandbox with files in that folder would be the machine's root, because the kernel or the
 * folder's file system cannot map ids. */
bool sandbox_root_is_machines(const char *folder);
/* A detached copy of the mounts at a path and below. The ids of the top mount are mapped by that user
 * namespace, unless user is -1; more: MOUNT_ATTR_… in addition to NODEV. */
struct err *sandbox_root_take(const char *path, int user, uint64_t more, int *ret_fd) MUST_CHECK;

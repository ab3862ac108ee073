/* SPDX-License-Identifier: MIT */
/* The inside of the room: from a new process to the image's root. */
#pragma once
#include <stdint.h>

#include "layer/sandbox/sandbox.h"

/* Makes the namespaces, mounts the root and enters it. Only for a process alone, the
 * first of a process namespace.
 * user: from sandbox_range_open, before that namespace was made. */
struct err *sandbox_root_enter(const struct sandbox *s, int user) MUST_CHECK;
/* Whether root of a room whose files lie in that folder is root of this machine: the kernel, or the folder's
 * file system, shows no files with other ids. */
bool sandbox_root_is_machines(const char *folder);
/* A detached copy of what is mounted at a path and below it, to be put in a place; the ids of its top mapped
 * as in the user namespace, unless that is -1; more: MOUNT_ATTR_… beside NODEV. */
struct err *sandbox_root_take(const char *path, int user, uint64_t more, int *ret_fd) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* The inside of the room: from a new process to the image's root. */
#pragma once
#include "layer/sandbox/sandbox.h"

/* Makes the namespaces, mounts the root and enters it. Only for a process alone, the first of a process namespace.
 * user: from sandbox_range_open, before that namespace was made. */
struct err *sandbox_root_enter(const struct sandbox *s, int user) MUST_CHECK;

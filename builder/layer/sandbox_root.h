/* The inside of the room: from a new process to the image's root. */
#pragma once
#include "layer/sandbox.h"

/* Makes the namespaces, mounts the root and enters it. Only for a process alone, the first of a process namespace.
 * user: from sandbox_range_open, before that namespace was made. */
struct err *sandbox_root_enter(const struct sandbox *s, int user) MUST_CHECK;
/* Gives up, for this process and all that it starts: the capabilities no container has, new privileges, the system calls that
 * sandbox_calls.h knows, then the user. */
struct err *sandbox_root_drop(const struct sandbox *s) MUST_CHECK;

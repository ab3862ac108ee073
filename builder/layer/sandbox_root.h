/* The inside of the room: from a new process in new namespaces to the image's root. */
#pragma once
#include "layer/sandbox.h"

/* Mounts the root and enters it. Only for a process with its own mount namespace. */
struct err *sandbox_root_enter(const struct sandbox *s) MUST_CHECK;
/* Gives up the capabilities no container has, then the user. */
struct err *sandbox_root_drop(const struct sandbox *s) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* The machine as another of its users has it, at another place: for a build that should come out the same. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* The user that sandbox_stranger_become makes of this process: 0 where it makes none. */
unsigned sandbox_stranger_id(void);
/* For root of the machine: from here on this process, which has one thread, is root of a user namespace that
 * is somebody without rights outside, and sees the whole machine once more below place, a folder, where what
 * is root's belongs to it. path: a file whose file system, if it is not that of /, is to be seen so, too. ret
 * is false, and nothing is changed, where that cannot be: for an ordinary user, on an old kernel, on a file
 * system that cannot show its files with other owners. */
struct err *sandbox_stranger_become(const char *place, const char *path, bool *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Shows this process the machine as another user sees it, at another path: for builds that must come out the
 * same. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* The user id that sandbox_stranger_become gives this process; 0 if it cannot. */
unsigned sandbox_stranger_id(void);
/* For the machine's root and a process with one thread. From now on the process is root of a user namespace
 * without rights outside, and sees the whole machine a second time below place, a folder, where root's files
 * belong to it. path: a file whose file system is shown there, too, if it is not that of /. ret is false and
 * nothing has changed if that is impossible: for an ordinary user, on an old kernel, or on a file system that
 * cannot map owners. */
struct err *sandbox_stranger_become(const char *place, const char *path, bool *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Checks what the engine allows our programs: system calls, capabilities, limits, a writable root. */
#pragma once
#include "base/err.h"

/* ERR_SYSTEM when programs could not start a thread: the profile of an old engine refuses clone3 with EPERM,
 * and then the C library does not fall back to clone. */
struct err *kernel_check(void) MUST_CHECK;

/* ERR_SYSTEM, with the missing capabilities, when root of the container lacks rights over other users' files
 * and processes. */
struct err *kernel_check_rights(void) MUST_CHECK;
/* ERR_SYSTEM when folder, which each start writes to, is on a read-only file system. */
struct err *kernel_check_root(const char *folder) MUST_CHECK;
/* Limits on processes under which a bench may not run, as "nproc 10, pids 30" (docker's names); "" for none.
 * The caller frees it. root: "" or another root. */
char *kernel_limits(const char *root);

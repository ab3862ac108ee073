/* SPDX-License-Identifier: MIT */
/* What the engine lets our programs ask of the kernel. */
#pragma once
#include "base/err.h"

/* ERR_SYSTEM when programs could not start a thread: an old engine's profile refuses clone3 with EPERM, for
 * which the C library does not take another way. */
struct err *kernel_check(void) MUST_CHECK;

/* ERR_SYSTEM when root of the container may not do what it does for others' files and processes,
 * with the capabilities that lack. */
struct err *kernel_check_rights(void) MUST_CHECK;
/* ERR_SYSTEM when folder, which each start writes to, is on a file system that is read-only. */
struct err *kernel_check_root(const char *folder) MUST_CHECK;
/* Limits of processes below which a bench may not run, as "nproc 10, pids 30" (docker's words for them), or
 * ""; the caller's. root: "" or where another root is. */
char *kernel_limits(const char *root);

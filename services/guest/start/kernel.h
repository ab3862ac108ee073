/* SPDX-License-Identifier: MIT */
/* What the engine lets our programs ask of the kernel. */
#pragma once
#include "base/err.h"

/* ERR_SYSTEM when programs could not start a thread: an old engine's profile refuses clone3 with EPERM, for which the C library
 * does not take another way. */
struct err *kernel_check(void) MUST_CHECK;

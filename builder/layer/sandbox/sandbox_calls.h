/* SPDX-License-Identifier: MIT */
/* Which system calls the programs of a sandbox may make: those of a container engine's default profile. */
#pragma once
#include "base/err.h"

/* For this process and all that it starts, for ever. It needs "no new privileges" first. */
struct err *sandbox_calls_limit(void) MUST_CHECK;

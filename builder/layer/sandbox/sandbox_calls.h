/* SPDX-License-Identifier: MIT */
/* Limits a sandbox to the system calls of a container engine's default profile. */
#pragma once
#include "base/err.h"

/* Limits this process and all its descendants permanently. Requires "no new privileges". */
struct err *sandbox_calls_limit(void) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* What a program of a room may not do. */
#pragma once
#include "layer/sandbox/sandbox.h"

/* Gives up, for this process and all that it starts: the capabilities no container has, new privileges, the
 * system calls that sandbox_calls.h does not know, then the user. */
struct err *sandbox_drop(const struct sandbox *s) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Drops the rights that a sandbox's programs may not have. */
#pragma once
#include "layer/sandbox/sandbox.h"

/* Drops, for this process and all its descendants: capabilities that no container has, new privileges, system
 * calls that sandbox_calls.h does not list, then the user. */
struct err *sandbox_drop(const struct sandbox *s) MUST_CHECK;

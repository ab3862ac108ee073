/* SPDX-License-Identifier: MIT */
/* Checks the ports that the bench's programs will listen on: a port that another program holds, such as one
 * of the host in host networking, is never used as if it were ours. */
#pragma once
#include "lib/bench.h"

/* Call before any program of ours runs: waits up to limit_ms for ports that a former instance still holds.
 * ERR_SYSTEM names the port, its holder, and the recipe's key that changes it. door_is_ours: our own wait
 * page holds the published port. */
struct err *ports_wait(const struct bench *b, bool door_is_ours, unsigned limit_ms) MUST_CHECK;

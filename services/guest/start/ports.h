/* SPDX-License-Identifier: MIT */
/* The ports that programs of the bench will listen on. One that somebody else holds, as beside a server of
 * the host in its network, is never taken for ours. */
#pragma once
#include "lib/bench.h"

/* Before any program of ours runs: waits up to limit_ms for ports that an instance before us still holds.
 * ERR_SYSTEM names the port, who holds it, and the recipe's key that moves ours. door_is_ours: a wait page of
 * our own holds the published one. */
struct err *ports_wait(const struct bench *b, bool door_is_ours, unsigned limit_ms) MUST_CHECK;

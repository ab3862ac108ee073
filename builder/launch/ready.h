/* SPDX-License-Identifier: MIT */
/* Waits until a container is ready, and reads what it reports about itself. */
#pragma once
#include "base/text.h"
#include "engine/engine.h"

/* Waits until the image's health program says "ready", or, without one, until the port accepts connections.
 * Meanwhile shows the steps of provisioning and any problems. A signal ends the wait. ERR_BUILD with the last
 * lines of output if it ends, fails, or makes no progress for too long (launch/wait_policy.h); in that last
 * case it still runs. */
struct err *ready_wait(const struct engine *e, const struct launch *l, bool *ret_interrupted) MUST_CHECK;

/* Adds the addresses of every site to out, and how to make unknown names known. ERR_BUILD: the image's sites
 * are invalid. */
struct err *ready_addresses(const struct engine *e, const struct launch *l, struct text *out) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Waiting for a container to be ready, and reading what it says of itself. */
#pragma once
#include "base/text.h"
#include "engine/engine.h"

/* Until the image's health program says "ready", or without one until the port accepts; shows the steps of
 * provisioning meanwhile, and what is not well. A signal ends the wait. ERR_BUILD with its last lines when it
 * ends, fails, or has not moved for too long (launch/wait_policy.h); then it still runs. */
struct err *ready_wait(const struct engine *e, const struct launch *l, bool *ret_interrupted) MUST_CHECK;

/* Adds the addresses of every site to out, and how to make names known that are not. ERR_BUILD:
 * the image's sites are no sites. */
struct err *ready_addresses(const struct engine *e, const struct launch *l, struct text *out) MUST_CHECK;

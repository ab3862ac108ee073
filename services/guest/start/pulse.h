/* SPDX-License-Identifier: MIT */
/* The answer of /_mkbench/health: a mark in /run that every run of the health check sets or removes, so that
 * no program runs for each request. */
#pragma once
#include "lib/bench.h"

/* Called by init again and again: starts the check when nobody has run it for a while. Returns at once. */
void pulse_turn(const struct bench *b);
/* Called by the check with its result. */
void pulse_show(bool ready);

/* SPDX-License-Identifier: MIT */
/* What /_mkbench/health says without a program being asked for each visitor: a mark in /run, kept true by the
 * health check itself, whoever runs it. */
#pragma once
#include "lib/bench.h"

/* From init, now and then: has the check run when nobody else has had it run for a while. Returns at once. */
void pulse_turn(const struct bench *b);
/* From the check: what it has found. */
void pulse_show(bool ready);

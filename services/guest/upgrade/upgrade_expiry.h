/* SPDX-License-Identifier: MIT */
/* The end of the copy that an upgrade has kept of the data of before. */
#pragma once
#include <stdint.h>

#include "lib/bench.h"

/* Removes the copy if the recipe's time for it is over. */
struct err *upgrade_expiry_due(const struct bench *b) MUST_CHECK;
/* The same every ten minutes, by a child, for what is removed may be large. at: when next, 0 at first. */
void upgrade_expiry_turn(const struct bench *b, int64_t *at);

/* SPDX-License-Identifier: MIT */
/* Removes the copy that an upgrade has kept, once its time is over. */
#pragma once
#include <stdint.h>

#include "lib/bench.h"

/* Removes the copy if the recipe's time for it is over. */
struct err *upgrade_expiry_due(const struct bench *b) MUST_CHECK;
/* Does the same every ten minutes in a child, because the copy may be large. at: the next time, 0 at first.
 */
void upgrade_expiry_turn(const struct bench *b, int64_t *at);

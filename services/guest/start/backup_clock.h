/* SPDX-License-Identifier: MIT */
/* Starts backups by the recipe's schedule. */
#pragma once
#include "lib/bench.h"

/* Called by init again and again while the bench runs: starts a backup that is due, as a child that logs its
 * result. *pid is that child; 0: none. */
void backup_clock_turn(const struct bench *b, pid_t *pid);

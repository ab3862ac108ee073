/* SPDX-License-Identifier: MIT */
/* Backups by the recipe's schedule. */
#pragma once
#include "lib/bench.h"

/* From init, now and then, while the bench runs: starts one that is due, as a child that says in the log how
 * it went. *pid is that child; 0: none. */
void backup_clock_turn(const struct bench *b, pid_t *pid);

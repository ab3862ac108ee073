/* SPDX-License-Identifier: MIT */
/* Restores a whole instance from a backup onto an empty volume. Builds it in DATA/.mkbench/restoring; one
 * rename to DATA/.mkbench/restored marks it as whole; then its parts are moved to their places. If it is
 * killed before the rename, the next start begins anew; after the rename, the next start finishes the moves.
 */
#pragma once
#include "lib/bench.h"

bool backup_instance_is_asked(void); /* whether MKBENCH_RESTORE is set */
/* Whether there is something to do: MKBENCH_RESTORE is set and the volume is empty, or an earlier run was
 * killed during the moves. */
bool backup_instance_is_due(const struct bench *b);
/* The program `restorer`: restores, and logs the result. */
int backup_instance_main(int argc, char **argv);

/* SPDX-License-Identifier: MIT */
/* A whole instance from a backup, on a volume that holds none. All of it is made beside, in
 * DATA/.mkbench/restoring; one rename to DATA/.mkbench/restored says that it is whole, and then it is moved
 * to its places. Killed before that, it begins anew; after it, it is finished. */
#pragma once
#include "lib/bench.h"

bool backup_instance_is_asked(void); /* MKBENCH_RESTORE is set */
/* Whether there is something to do: MKBENCH_RESTORE is set and the volume empty, or one
 * was killed while it was moved. */
bool backup_instance_is_due(const struct bench *b);
/* The program of that: it does it, and says how it went. */
int backup_instance_main(int argc, char **argv);

/* SPDX-License-Identifier: MIT */
/* Restores the backup that MKBENCH_RESTORE names onto an empty volume, before anything else of a start. */
#pragma once
#include "lib/bench.h"

/* Runs a child that restores. Meanwhile calls goes_on again and again, which reaps children and ends the
 * child by false. Then reads b again. ERR_SYSTEM when the volume is still empty; the log has the reason. */
struct err *restorer_run(struct bench *b, bool (*goes_on)(void *arg), void *arg) MUST_CHECK;

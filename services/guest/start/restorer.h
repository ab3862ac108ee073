/* SPDX-License-Identifier: MIT */
/* The backup that MKBENCH_RESTORE names becomes the instance of an empty volume,
 * before anything else of a start. */
#pragma once
#include "lib/bench.h"

/* Has it done by a child; goes_on is called again and again meanwhile, reaps children, and ends it by false.
 * b is read anew after that. ERR_SYSTEM when the volume is still empty; why was said. */
struct err *restorer_run(struct bench *b, bool (*goes_on)(void *arg), void *arg) MUST_CHECK;

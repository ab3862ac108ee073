/* SPDX-License-Identifier: MIT */
/* benchctl freeze, thaw: the volume as a snapshot or a copy may take it, for a while. */
#pragma once
#include "lib/bench.h"

struct err *ctl_freeze(const struct bench *b, int argc, char **argv) MUST_CHECK;

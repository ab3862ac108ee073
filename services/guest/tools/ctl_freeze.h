/* SPDX-License-Identifier: MIT */
/* benchctl freeze, thaw: holds the volume still for a snapshot or a copy. */
#pragma once
#include "lib/bench.h"

struct err *ctl_freeze(const struct bench *b, int argc, char **argv) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* benchctl upgrade: what the data are of, and what to do about an upgrade that failed. */
#pragma once
#include "lib/bench.h"

/* Without an argument it tells; --retry: the data go back and it is tried once more; --back: they go back,
 * and this image leaves it at that. */
struct err *ctl_upgrade(const struct bench *b, int argc, char **argv) MUST_CHECK;

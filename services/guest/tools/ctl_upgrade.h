/* SPDX-License-Identifier: MIT */
/* benchctl upgrade: shows which release the data are of, and decides what happens after a failed upgrade. */
#pragma once
#include "lib/bench.h"

/* Without an argument it prints the state; --retry: puts the data back and tries again; --back: puts them
 * back, and this image does not try again; --rehearse and --forget-rehearsal: makes and removes a copy to
 * try an upgrade on. */
struct err *ctl_upgrade(const struct bench *b, int argc, char **argv) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* benchctl export, import: a site as files, and back. */
#pragma once
#include "lib/bench.h"

struct err *ctl_transfer(const struct bench *b, int argc, char **argv, int *ret_status) MUST_CHECK;

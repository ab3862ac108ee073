/* SPDX-License-Identifier: MIT */
/* benchctl backup, backups, restore: makes, lists and restores backups. */
#pragma once
#include "lib/bench.h"

struct err *ctl_backup(const struct bench *b, int argc, char **argv, int *ret_status) MUST_CHECK;

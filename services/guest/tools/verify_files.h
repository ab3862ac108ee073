/* SPDX-License-Identifier: MIT */
/* Checks who may read the volume. */
#pragma once
#include "tools/ctl_verify.h"

/* Adds rows: the declared folders have their owner and mode; secrets are root's alone; files with a password
 * are closed to others. */
void verify_files_all(struct ctl_verify *v);

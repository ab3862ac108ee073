/* SPDX-License-Identifier: MIT */
/* Who may read the volume. */
#pragma once
#include "tools/ctl_verify.h"

/* Rows: the declared folders have their owner and mode; secrets are root's alone; what
 * holds a password is not for others. */
void verify_files_all(struct ctl_verify *v);

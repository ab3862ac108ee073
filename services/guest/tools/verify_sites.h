/* SPDX-License-Identifier: MIT */
/* Runs the framework's own checks of each site: its `site_check`. */
#pragma once
#include "tools/ctl_verify.h"

/* Adds a row, under the check's NAME, for each line "NAME<tab>ok|failed<tab>TEXT" that a command of
 * site_check writes for a site; and one for a command that does not exit with 0. */
void verify_sites_all(struct ctl_verify *v);

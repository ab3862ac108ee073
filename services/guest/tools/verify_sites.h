/* SPDX-License-Identifier: MIT */
/* What the framework's own checks of a site say: its `site_check`. */
#pragma once
#include "tools/ctl_verify.h"

/* A row for each line "NAME<tab>ok|failed<tab>TEXT" that a command of site_check writes, under the check's
 * NAME, for each site; and one for a command that ends otherwise than with 0. */
void verify_sites_all(struct ctl_verify *v);

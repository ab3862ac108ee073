/* SPDX-License-Identifier: MIT */
/* benchctl status, benchctl sites. */
#pragma once
#include "lib/bench.h"

/* Everything known, measured now; *ret_fine says whether a person has nothing to do. The caller's. */
json_t *ctl_status_collect(const struct bench *b, bool *ret_fine);
void ctl_status_print(json_t *status);
void ctl_status_print_sites(const struct bench *b, json_t *status);

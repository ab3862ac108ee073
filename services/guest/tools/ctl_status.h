/* SPDX-License-Identifier: MIT */
/* benchctl status, benchctl sites: collects and prints the present state. */
#pragma once
#include "lib/bench.h"

/* Collects the state as measured now; *ret_fine: a person need not do anything. The caller frees it. */
json_t *ctl_status_collect(const struct bench *b, bool *ret_fine);
void ctl_status_print(json_t *status);
void ctl_status_print_sites(const struct bench *b, json_t *status);

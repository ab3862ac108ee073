/* SPDX-License-Identifier: MIT */
/* The steps of a start in their order: the machine's, those of dropped sites, each site's, and those that
 * open the sites. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"
#include "provision/provision_steps.h"

/* Announces all steps to the report. */
void provision_order_plan(struct provision_context *w);
/* Whether all steps succeeded; else w->failed names the first that did not, and why. */
bool provision_order_run(struct provision_context *w);

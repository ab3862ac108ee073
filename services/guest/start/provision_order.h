/* SPDX-License-Identifier: MIT */
/* The steps of a start, in their order: those of the machine, of sites that go, of each site, and what opens
 * the door. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"
#include "provision/provision_steps.h"

/* Names all of them in the report. */
void provision_order_plan(struct provision_context *w);
/* Whether all went well; else w->failed says which did not, and why. */
bool provision_order_run(struct provision_context *w);

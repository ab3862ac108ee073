/* SPDX-License-Identifier: MIT */
/* Fills in the steps that build apps and the bench. */
#pragma once
#include "service/service_set.h"

/* Fills the set's tables. */
struct err *step_list(struct service_set *s) MUST_CHECK;

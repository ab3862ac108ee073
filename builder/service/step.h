/* SPDX-License-Identifier: MIT */
/* The steps that build apps and the bench, with their holes filled. */
#pragma once
#include "service/service_set.h"

/* Fills the set's tables. */
struct err *step_list(struct service_set *s) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* The rows "trials" of services, with their holes filled. */
#pragma once
#include "service/set.h"

/* After place_list. */
struct err *trial_list(struct service_set *s) MUST_CHECK;

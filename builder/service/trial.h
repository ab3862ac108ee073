/* SPDX-License-Identifier: MIT */
/* The rows "trials" of services, with their holes filled. */
#pragma once
#include "service/service_set.h"

/* After dirs_and_links_list. */
struct err *trial_list(struct service_set *s) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Fills in the rows "trials" of services. */
#pragma once
#include "service/service_set.h"

/* Call after dirs_and_links_list. */
struct err *trial_list(struct service_set *s) MUST_CHECK;

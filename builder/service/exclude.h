/* SPDX-License-Identifier: MIT */
/* What is left out of packages. */
#pragma once
#include "service/service_set.h"

/* ERR_RECIPE when base.keep names nothing that is left out. */
struct err *exclude_list(struct service_set *s) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Lists the Debian packages that an image needs, by layer, and what requires each. */
#pragma once
#include "service/service_set.h"

void package_list(struct service_set *s);

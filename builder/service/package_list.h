/* SPDX-License-Identifier: MIT */
/* The Debian packages that an image needs, by layer, and who asks for each. */
#pragma once
#include "service/service_set.h"

void package_list(struct service_set *s);

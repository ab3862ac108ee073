/* SPDX-License-Identifier: MIT */
/* Finds the packages that are configured before the preinst scripts of the others run. */
#pragma once
#include "layer/deb/installed.h"

/* Marks in ret[count] the packages that a preinst may rely on (Debian Policy 3.8 and 7.2): Essential ones,
 * those that any package Pre-Depends on, and all their dependencies. */
struct err *predepends_mark(const struct installed *packages, size_t count, bool *ret) MUST_CHECK;

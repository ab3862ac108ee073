/* SPDX-License-Identifier: MIT */
/* Which packages are configured before the preinst scripts of the others run. */
#pragma once
#include "layer/deb/installed.h"

/* Marks in ret[count] what Debian Policy 3.8 and 7.2 let a preinst rely on: Essential
 * packages, those that any package Pre-Depends on, and all that they depend on. */
struct err *predepends_mark(const struct installed *packages, size_t count, bool *ret) MUST_CHECK;

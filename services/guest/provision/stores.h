/* SPDX-License-Identifier: MIT */
/* MariaDB and Redis on their way up. */
#pragma once
#include "provision/provision_context.h"

/* Until each answers: as long as one recovers, and no longer once one has ended again and again, which is an
 * error with its own words. w->root receives MariaDB's root. */
struct err *stores_wait(struct provision_context *w) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Waits until MariaDB and Redis answer. */
#pragma once
#include "provision/provision_context.h"

/* Waits for as long as they recover, but not once one has ended again and again: that is an error with its
 * own words. Sets w->root to a connection as MariaDB's root. */
struct err *stores_wait(struct provision_context *w) MUST_CHECK;

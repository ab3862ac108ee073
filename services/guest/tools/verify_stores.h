/* SPDX-License-Identifier: MIT */
/* Checks MariaDB and Redis the way the bench uses them. */
#pragma once
#include "tools/ctl_verify.h"

/* Adds a row for each site: its own account reads a table of its own database, and sees no other database. */
void verify_stores_sql(struct ctl_verify *v);
/* Adds a row for each instance: it answers, and has the memory and disk settings of its configuration file.
 */
void verify_stores_redis(struct ctl_verify *v);

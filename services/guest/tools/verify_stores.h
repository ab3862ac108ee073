/* SPDX-License-Identifier: MIT */
/* MariaDB and Redis, asked as the bench asks them. */
#pragma once
#include "tools/ctl_verify.h"

/* A row a site: its own account reads a table of its own database, and sees no other database. */
void verify_stores_sql(struct ctl_verify *v);
/* A row an instance: it answers, and keeps to what its configuration file says of memory and disk. */
void verify_stores_redis(struct ctl_verify *v);

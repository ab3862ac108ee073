/* SPDX-License-Identifier: MIT */
/* Dumps a site's database as SQL statements, and counts its tables and rows. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Dumps one consistent snapshot (InnoDB) while people work. ret: {"database", "bytes", "sha256", "tables":
 * {NAME: rows}}; the caller frees it. */
struct err *dump_site(const struct bench *b, const char *db_name, const char *path, json_t **ret) MUST_CHECK;
/* ERR_SYSTEM when the file is not the one that the row describes. */
struct err *dump_check(const char *path, const json_t *made) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* A site's database as a file of statements, and what it holds. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* One snapshot while people write (InnoDB). ret: {"database", "bytes", "sha256",
 * "tables": {NAME: rows}}, the caller's. */
struct err *dump_site(const struct bench *b, const char *db_name, const char *path, json_t **ret) MUST_CHECK;
/* ERR_SYSTEM when the file is not the one that was made. */
struct err *dump_check(const char *path, const json_t *made) MUST_CHECK;

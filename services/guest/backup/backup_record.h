/* SPDX-License-Identifier: MIT */
/* DATA/.mkbench/backup.json: the last good backup, and whether the last attempt failed. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* {"id", "at", "at_seconds", "failed": {"at_seconds", "count", "why"}}. Each key may be missing. NULL: no
 * backup was ever made. */
struct err *backup_record_read(const struct bench *b, json_t **ret) MUST_CHECK;
struct err *backup_record_good(const struct bench *b, const char *id) MUST_CHECK;
void backup_record_failed(const struct bench *b, const char *why);

/* When the next backup is due by the recipe's schedule, in seconds since 1970; -1: never. After a failure it
 * is tried again after a quarter of an hour, then after half an hour, and so on up to six hours. */
int64_t backup_record_due(const struct bench *b);
/* What a person must know: the last attempt failed, or a scheduled backup was missed. NULL: nothing. The
 * caller frees it. */
char *backup_record_trouble(const struct bench *b);

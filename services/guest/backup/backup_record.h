/* SPDX-License-Identifier: MIT */
/* DATA/.mkbench/backup.json: the last good backup, and whether the last attempt failed. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* {"id", "at", "at_seconds", "failed": {"at_seconds", "count", "why"}}; all of it may be
 * missing; NULL: none was ever made. */
struct err *backup_record_read(const struct bench *b, json_t **ret) MUST_CHECK;
struct err *backup_record_good(const struct bench *b, const char *id) MUST_CHECK;
void backup_record_failed(const struct bench *b, const char *why);

/* When the next one is due by the recipe's schedule, in seconds since 1970; -1: never. A failed one is tried
 * again after a quarter of an hour, then half an hour and so on, six hours at most. */
int64_t backup_record_due(const struct bench *b);
/* What a person must know: the last attempt failed, or the schedule was missed.
 * NULL: nothing. The caller's. */
char *backup_record_trouble(const struct bench *b);

/* SPDX-License-Identifier: MIT */
/* Records how far an upgrade is: DATA/.mkbench/upgrade.json for the next start, /run/mkbench/upgrade.json
 * for this instance. */
#pragma once
#include "lib/bench.h"

/* "id", "state" (copying, migrating, held, back, left: back, and not tried again), "build" of the image that
 * wrote it, "why"; ret is NULL when there is no record. */
struct err *upgrade_record_read(const struct bench *b, json_t **ret) MUST_CHECK;
struct err *upgrade_record_write(const struct bench *b, const char *id, const char *state,
				 const char *why) MUST_CHECK;
struct err *upgrade_record_forget(const struct bench *b) MUST_CHECK;
bool upgrade_record_is_there(const struct bench *b);
const char *upgrade_record_text(const json_t *o, const char *key); /* "" when there is no such text */

/* For init, health, benchctl and our own next run in this instance: state is running, back, held or done. */
void upgrade_record_tell(const char *id, const char *state, const char *why);
bool upgrade_record_is_ours(void);		 /* this instance has tried */
bool upgrade_record_failed(void);		 /* ... and does not try again */
bool upgrade_record_ends(const struct bench *b); /* ... and shall end then, by the recipe; logs it */
char *upgrade_record_why(const struct bench *b); /* the reason for a person; the caller frees it */
bool upgrade_record_retry(void);		 /* lets it try again: true when it had tried */

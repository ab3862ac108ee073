/* SPDX-License-Identifier: MIT */
/* A copy of parts of the volume that can be put back: DATA/.mkbench/before/ID. It is complete or does not
 * exist. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* items: a JSON list of names below DATA ("mariadb", "sites/one.localhost"); one that does not exist will
 * not exist after snapshot_back either. Nothing may write to them meanwhile. ERR_SYSTEM with the numbers
 * when there is not 1.3 times the room that the copy takes. */
struct err *snapshot_take(const struct bench *b, const char *id, const json_t *items) MUST_CHECK;
/* Only looks whether there is enough room. */
struct err *snapshot_room(const struct bench *b, const json_t *items) MUST_CHECK;
/* Puts every item back by renames; what stood there goes to before/ID.after. May be killed and called again
 * until snapshot_drop. Changes nothing when a file of the copy has another size than its list says. */
struct err *snapshot_back(const struct bench *b, const char *id) MUST_CHECK;
/* Removes a copy and what it has replaced; no error when there is none. */
struct err *snapshot_drop(const struct bench *b, const char *id) MUST_CHECK;
/* Removes every copy except this one (NULL: all). */
struct err *snapshot_drop_others(const struct bench *b, const char *id) MUST_CHECK;
bool snapshot_is_there(const struct bench *b, const char *id);

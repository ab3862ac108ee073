/* SPDX-License-Identifier: MIT */
/* A copy of parts of the volume, and their way back: DATA/.mkbench/before/ID. It is whole or not there. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* items: names below DATA ("mariadb", "sites/one.localhost"), a JSON list; one that is not there comes back
 * as not there. Nothing may write to them meanwhile. ERR_SYSTEM with the numbers when there is not 1.3
 * times the room that the copy takes. */
struct err *snapshot_take(const struct bench *b, const char *id, const json_t *items) MUST_CHECK;
/* Only looks: whether there would be room. */
struct err *snapshot_room(const struct bench *b, const json_t *items) MUST_CHECK;
/* Puts every item back by renames; what stood there goes to before/ID.after. May be killed and called again,
 * until snapshot_drop. Nothing is touched when the copy is not as it was made. */
struct err *snapshot_back(const struct bench *b, const char *id) MUST_CHECK;
/* Removes a copy and what it has replaced; one that is not there is fine. */
struct err *snapshot_drop(const struct bench *b, const char *id) MUST_CHECK;
/* Removes every copy but this one (NULL: all). */
struct err *snapshot_drop_others(const struct bench *b, const char *id) MUST_CHECK;
bool snapshot_is_there(const struct bench *b, const char *id);

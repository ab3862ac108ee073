/* SPDX-License-Identifier: MIT */
/* One value without parts, read strictly: what YAML, or a person in a hurry, could
 * take for something else is a problem and never a guess. */
#pragma once
#include "schema/schema.h"

#define SCALAR_PERCENT_MAX 90

/* f is the field, or the list whose item this is. */
void scalar_read(const struct field *f, enum field_kind kind, const struct node *n, void *member,
		 struct problems *p);
size_t scalar_size(enum field_kind kind); /* of the member */

/* What YAML 1.1 or 1.2 would take a plain text for ("a number"), NULL: a text. */
const char *scalar_disguise(const char *text);
/* Is this a key with nothing after its ':', or with ~ or null? */
bool scalar_is_nothing(const struct node *n);
/* Is this the name of something that may not stand in a file ("db_password")? */
bool scalar_names_secret(const char *key);
/* A text short enough for a one-line report, in the arena or itself. */
const char *scalar_shown(struct arena *a, const char *text);
/* A number as a person writes it: 1073741824 as "1G" when it is a size, 300 as "5m" when it is a time. */
#define SCALAR_NUMBER 32
const char *scalar_number(enum field_kind kind, uint64_t v, char buf[static SCALAR_NUMBER]);

/* SPDX-License-Identifier: MIT */
/* Parses one scalar strictly: text that YAML, or a hasty reader, could misread is a problem, never a
 * guess. */
#pragma once
#include "schema/schema.h"

#define SCALAR_PERCENT_MAX 90

/* f is the field, or the list that the item is in. */
void scalar_read(const struct field *f, enum field_kind kind, const struct node *n, void *member,
		 struct problems *p);
size_t scalar_size(enum field_kind kind); /* of the member */

/* What YAML 1.1 or 1.2 would read an unquoted text as ("a number"); NULL: a text. */
const char *scalar_disguise(const char *text);
/* Whether this is a key with nothing after its ':', or with ~ or null. */
bool scalar_is_nothing(const struct node *n);
/* Whether this is the name of a secret, which may not be in a file ("db_password"). */
bool scalar_names_secret(const char *key);
/* A text shortened for a one-line report, in the arena or unchanged. */
const char *scalar_shown(struct arena *a, const char *text);
/* A number as a person writes it: 1073741824 as "1G" for a size, 300 as "5m" for a time. */
#define SCALAR_NUMBER 32
const char *scalar_number(enum field_kind kind, uint64_t v, char buf[static SCALAR_NUMBER]);

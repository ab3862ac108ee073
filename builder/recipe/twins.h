/* SPDX-License-Identifier: MIT */
/* Reports a text that occurs twice in a list. */
#pragma once
#include "schema/schema.h"

/* count: how many were read; 0 for a list refused for its length. */
void twins_check(struct problems *p, const struct node *list, size_t count, const char *what);

/* SPDX-License-Identifier: MIT */
/* A text that a list of texts has twice. */
#pragma once
#include "schema/schema.h"

/* count: how many were read; a list refused for its length has 0. */
void twins_check(struct problems *p, const struct node *list, size_t count, const char *what);

/* SPDX-License-Identifier: MIT */
/* Remembers the files that an audit found clean: by path and content, under the rules, the recipe's name and
 * the layer's. */
#pragma once
#include "layer/audit.h"

struct audit_memory;
struct err *audit_memory_open(const struct audit *a, const char *what, struct audit_memory **ret) MUST_CHECK;
bool audit_memory_has(struct audit_memory *m, const struct entry *e);
/* Notes that a file is clean; does nothing if its digest is unknown. */
void audit_memory_add(struct audit_memory *m, const struct entry *e);
/* Stores what was looked up or added since it was opened, if that differs from what it had. */
struct err *audit_memory_keep(struct audit_memory *m) MUST_CHECK;
void audit_memory_done(struct audit_memory *m); /* NULL is fine */

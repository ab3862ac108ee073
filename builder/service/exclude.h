/* SPDX-License-Identifier: MIT */
/* Determines which files of packages are left out. */
#pragma once
#include "base/text.h"
#include "service/service_set.h"

void exclude_list(struct service_set *s);
/* Appends the names of what m leaves out, each after ", ". */
void exclude_add_names(struct text *known, const struct manifest *m);
/* Reports each word of base.keep that is not one of those names. */
void exclude_check(const struct recipe *r, const char *known, struct problems *p);

/* SPDX-License-Identifier: MIT */
/* What is left out of packages. */
#pragma once
#include "base/text.h"
#include "service/service_set.h"

void exclude_list(struct service_set *s);
/* The names of what m leaves out, each after ", ". */
void exclude_add_names(struct text *known, const struct manifest *m);
/* Each word of base.keep that is none of those names. */
void exclude_check(const struct recipe *r, const char *known, struct problems *p);

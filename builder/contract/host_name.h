/* SPDX-License-Identifier: MIT */
/* Valid names of existing sites and hosts, whoever made them: the guest, `run` and `verify` use these two
 * rules. A recipe has stricter ones for new names (pattern_site and pattern_host in recipe/pattern.c). */
#pragma once
#include <stdbool.h>

/* Whether this is a valid site name: one folder, safe to print and to use in a path, at most 200 bytes of
 * a-z, 0-9, '-' and '.'. */
bool host_name_is_site(const char *name);

/* Whether nginx may serve this host: labels of letters, digits, '-' and '_' joined by '.'; "*." may be first.
 * At most 253 bytes, the limit of DNS. */
bool host_name_is_served(const char *host);

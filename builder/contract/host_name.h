/* SPDX-License-Identifier: MIT */
/* Names of sites and hosts that exist, whoever made them: the guest, `run` and `verify` judge by these two.
 * For new ones a recipe asks more (pattern_site and pattern_host in recipe/pattern.c). */
#pragma once
#include <stdbool.h>

/* Whether a site may have the name: one folder, safe to print and to put in a path, at most 200
 * bytes of a-z, 0-9, '-' and '.'. */
bool host_name_is_site(const char *name);

/* Whether nginx may be asked to answer for the host: labels of letters, digits, '-' and '_', a '.' between
 * two; "*." may be first. At most 253 bytes, which is what DNS allows. */
bool host_name_is_served(const char *host);

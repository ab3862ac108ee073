/* SPDX-License-Identifier: MIT */
/* Time zones by name, so that a recipe is judged alike on every machine. */
#pragma once
#include <stdbool.h>

struct arena;

/* Is this a zone of the IANA time zone database, by its present name or one from before? */
bool zone_known(const char *name);
/* Whether it is one from before, or a short one, which Debian has in a package of
 * its own since release 13. */
bool zone_is_legacy(const char *name);
/* What a person may have meant, or NULL; in the arena. */
const char *zone_nearest(struct arena *a, const char *name);

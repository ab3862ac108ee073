/* Time zones by name, so that a recipe is judged alike on every machine. */
#pragma once
#include <stdbool.h>

struct arena;

/* Is this a zone of the IANA time zone database, by its present name? */
bool zone_known(const char *name);
/* What a person may have meant, or NULL; in the arena. */
const char *zone_nearest(struct arena *a, const char *name);

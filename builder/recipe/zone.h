/* SPDX-License-Identifier: MIT */
/* Known time zones by name, so that a recipe is checked alike on every machine. */
#pragma once
#include <stdbool.h>

struct arena;

/* Whether this is a zone of the IANA time zone database, by its current name or an old one. */
bool zone_known(const char *name);
/* Whether it is an old or a short name; since release 13 Debian has those in a separate package. */
bool zone_is_legacy(const char *name);
/* The nearest name to suggest, or NULL; in the arena. */
const char *zone_nearest(struct arena *a, const char *name);

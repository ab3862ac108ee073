/* SPDX-License-Identifier: MIT */
/* Sites that a person has added or dropped while an image ran: the list DATA/.mkbench/sites.json, which one
 * process at a time changes. A dropped site stays on the list until its drop is finished; if the image has
 * the site, too, it stays there for good. */
#pragma once
#include "lib/bench.h"

/* ret is NULL when there is no list. */
struct err *site_registry_read(const struct bench *b, json_t **ret) MUST_CHECK;
/* Adds the site: the next bench_read has it. A site of the image that was dropped comes back as the image
 * has it. Time zone and language may be NULL: the defaults. */
struct err *site_registry_add(const struct bench *b, const struct bench_site *site) MUST_CHECK;
/* Removes the site: the next bench_read lists it as a drop to finish. */
struct err *site_registry_drop(const struct bench *b, const char *name, bool purge) MUST_CHECK;
struct err *site_registry_dropped(const struct bench *b, const char *name) MUST_CHECK; /* it is finished */
bool site_registry_of_image(const struct bench *b, const char *name);

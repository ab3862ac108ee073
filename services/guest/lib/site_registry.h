/* SPDX-License-Identifier: MIT */
/* Sites that a person has added or dropped while an image ran: a list in DATA/.mkbench/sites.json, changed
 * by one process at a time. A dropped site stays in it as long as its drop is not finished, and for good
 * when the image has that site, too. */
#pragma once
#include "lib/bench.h"

/* NULL in ret when there is none. */
struct err *site_registry_read(const struct bench *b, json_t **ret) MUST_CHECK;
/* The site is there at the next bench_read; one that was dropped, as the image has it. Time zone and
 * language may be NULL: nobody asks. */
struct err *site_registry_add(const struct bench *b, const struct bench_site *site) MUST_CHECK;
/* The site is gone at the next bench_read, which lists the drop as one to finish. */
struct err *site_registry_drop(const struct bench *b, const char *name, bool purge) MUST_CHECK;
struct err *site_registry_dropped(const struct bench *b, const char *name) MUST_CHECK; /* finished */
bool site_registry_of_image(const struct bench *b, const char *name);

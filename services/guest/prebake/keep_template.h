/* SPDX-License-Identifier: MIT */
/* Decides which prebaked sites may be templates for further sites (provision/site_template.h). */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Adds the site to rows, and its dump to PREBAKED, where its files are already. Leaves it out if rows has a
 * site of the same kind, or if its name stands in what the framework has made: a copy would keep that name.
 * ERR_BUILD when a template of the recipe must be left out. */
struct err *keep_template(const struct bench *b, const struct bench_site *site, const char *dump,
			  json_t *rows) MUST_CHECK;

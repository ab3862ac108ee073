/* SPDX-License-Identifier: MIT */
/* Which of the prebaked sites more sites may be copied from (provision/site_template.h). */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Adds the site to rows, and its dump to PREBAKED, where its files are already, unless a row is of its kind,
 * or its name stands somewhere in what the framework has made: a copy could not tell. ERR_BUILD when one that
 * is made to be copied cannot be. */
struct err *keep_template(const struct bench *b, const struct bench_site *site, const char *dump,
			  json_t *rows) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* What the programs know about their image: bench.json (contract/bench_json.h), checked, with the sites that
 * a person has added since, and without those that he has dropped (site_registry.h). */
#pragma once
#include "contract/bench_json.h"
#include "contract/run_files.h"
#include "lib/account.h"

/* Reads $MKBENCH_BENCH, or /usr/lib/mkbench/bench.json, and the added sites. ERR_RECIPE names the key that is
 * missing or of the wrong type. Users without ids are looked up in /etc/passwd. */
struct err *bench_read(struct bench *ret) MUST_CHECK;
struct err *bench_parse(const char *bytes, size_t len, struct bench *ret) MUST_CHECK; /* bench.json alone */

const struct bench_site *bench_site(const struct bench *b, const char *name); /* or NULL */
/* While an image is built, each template is a site, too: its name is the template's with this suffix. */
#define BENCH_TEMPLATE ".template.invalid"
void bench_add_templates(struct bench *b);
bool bench_is_template(const struct bench_site *s);
char *bench_beside(const char *name); /* a path beside bench.json; the caller frees it, as the next */
/* A path below the volume, or below our folder of it. */
char *bench_in_data(const struct bench *b, const char *below);
#define BENCH_OWN "/.mkbench" /* our folder of the volume */
#define BENCH_RUN RUN_FOLDER

/* ERR_USAGE when no new site can have that name, by the same rule as in recipes. */
struct err *bench_site_name(const char *name) MUST_CHECK;
struct err *bench_host_name(const char *name) MUST_CHECK; /* ... or a site that further host */
const char *bench_app_source(const struct bench_app *a); /* the commit or the digest that it was built from */

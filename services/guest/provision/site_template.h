/* SPDX-License-Identifier: MIT */
/* A new site that is like one of the image's prebaked ones: its tables are read in from a dump, its files
 * are copied, and site_renew gives it what a site has of its own. A template holds no secret, and nowhere
 * the name of the site that it was. */
#pragma once
#include "provision/site.h"

/* In list.json (prebaked.h) a row a template: {"site": whose files in sites/ are its, "dump": a file's name
 * in dumps/, "apps": [NAME…], "time_zone", "language", "developer_mode"}. */
#define SITE_TEMPLATE_ROWS "templates"
#define SITE_TEMPLATE_DUMPS "dumps"

/* Whether b, made, could be a copy of a. */
bool site_template_is_like(const struct bench_site *a, const struct bench_site *b);
/* Its row, but for who has the same kind already; the caller's. */
json_t *site_template_row(const struct bench_site *s, const char *dump);
/* One that the site may be a copy of, or NULL; the caller's. */
struct err *site_template_find(const struct bench_site *site, json_t **ret) MUST_CHECK;
/* In the place of the framework's steps, for a site that has secrets, account and folder; all that they
 * hold is ours. Not forced to disk. */
struct err *site_template_load(struct provision_context *w, struct site *s, const json_t *row) MUST_CHECK;

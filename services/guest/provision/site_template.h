/* SPDX-License-Identifier: MIT */
/* Makes a new site as a copy of a prebaked one: loads its tables from a dump, copies its files, and runs
 * site_renew for its secrets and its name. A template holds no secret, and the name of its own site nowhere.
 */
#pragma once
#include "provision/site.h"

/* A row for each template in list.json (prebaked.h): {"site": whose files in sites/ it uses, "dump": a
 * file's name in dumps/, "apps": [NAME…], "time_zone", "language", "developer_mode"}. */
#define SITE_TEMPLATE_ROWS "templates"
#define SITE_TEMPLATE_DUMPS "dumps"

/* Whether b could be made as a copy of a. */
bool site_template_is_like(const struct bench_site *a, const struct bench_site *b);
/* The template's row; the caller frees it. keep_template.h leaves out a second one of a kind. */
json_t *site_template_row(const struct bench_site *s, const char *dump);
/* A template that fits the site, or NULL; the caller frees it. */
struct err *site_template_find(const struct bench_site *site, json_t **ret) MUST_CHECK;
/* Replaces the framework's steps, for a site that has secrets, account and folder, in which everything is
 * ours. Does not sync. */
struct err *site_template_load(struct provision_context *w, struct site *s, const json_t *row) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Drops a site, in steps that look at the present state and may run again. What the site leaves is put aside
 * in DATA/dropped/NAME-DATE and in a schema of that date, or removed. */
#pragma once
#include "provision/site.h"

struct site_drop {
	const struct bench_drop *row;
	char *folder, *secrets; /* where the site's files were */
	char *place;		/* DATA/dropped/NAME-DATE */
	char *schema;		/* the schema that keeps its tables */
	char *db_name, *db_user;
};

/* ERR_SYSTEM when the site has views, triggers, routines or events: they cannot be put aside. */
struct err *site_drop_check(const struct bench *b, const char *name) MUST_CHECK;

typedef struct err *site_drop_step(struct provision_context *w, const struct site_drop *d);
extern const struct site_drop_row {
	const char *name;
	site_drop_step *act;
} site_drop_rows[4];

struct err *site_drop_open(struct provision_context *w, const struct bench_drop *row,
			   struct site_drop *ret) MUST_CHECK;
void site_drop_close(struct site_drop *d);
#define AUTO_SITE_DROP __attribute__((cleanup(site_drop_close)))

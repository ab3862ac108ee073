/* SPDX-License-Identifier: MIT */
/* One run of provision: what its steps share. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"
#include "provision/report.h"
#include "lib/sql.h"

struct upgrade;

struct provision_context {
	struct bench bench;
	struct ledger *ledger;
	struct report *report;
	struct sql *root; /* MariaDB's root, once it answers */
	char *prebaked;	  /* the id of the image's prebaked sites, once it was read; NULL: it has none */
	/* the image is being built: sites are made and sealed, not served (prebake.h) */
	bool prebakes;
	bool *ready;		 /* of each site: it may be reached */
	const char *only;	 /* the one site that a person asked for, or NULL at a start */
	const char *drop;	 /* the site that a person drops, or NULL */
	bool anew;		 /* ... and it may be made again after it was removed by hand */
	struct upgrade *upgrade; /* what this start takes the volume through (upgrade.h), or NULL */
	bool went_back;		 /* it failed, and this instance leaves it at that */
	char *failed;		 /* the first step that failed, and why */
	bool again;		 /* a start's second or later run: programs of the bench are up already */
};

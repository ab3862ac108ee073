/* One run of provision: what its steps share. */
#pragma once
#include "bench.h"
#include "ledger.h"
#include "report.h"
#include "sql.h"

struct work {
	struct bench bench;
	struct ledger *ledger;
	struct report *report;
	struct sql *root;      /* MariaDB's root, once it answers */
	bool *ready;           /* of each site: it may be reached */
	const char *only;      /* the one site that a person asked for, or NULL at a start */
	const char *drop;      /* the site that a person drops, or NULL */
	bool anew;             /* ... and it may be made again after it was removed by hand */
	bool again;            /* a start's second or later run: programs of the bench are up already */
};

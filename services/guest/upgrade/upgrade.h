/* SPDX-License-Identifier: MIT */
/* Takes a volume from the release that it was committed to (release.h) to the image's, or leaves it as
 * it was. One file says how far it is, DATA/.mkbench/upgrade.json, so that whoever starts next, this
 * image or the one before, knows what to do: until the commit the data go back to their copy
 * (snapshot.h), from then on they stay. */
#pragma once
#include "upgrade/upgrade_record.h"
#include "provision/provision_context.h"

#define UPGRADE_UNCLEAN BENCH_RUN "/unclean" /* the stop before this start was not in order */

struct upgrade {
	char *id;
	json_t *committed; /* what the volume was committed to; NULL: of before there were releases */
	bool kept, done;   /* the copy is whole; it is committed */
};

/* Only looks. Refuses what cannot work, servers that are older than those of the data, too: for ours, who has
 * the volume, also when there is no room for the copy. Of data that are about to be put back, by MKBENCH_BACK
 * or after a kill, the copy counts. */
struct err *upgrade_check(const struct bench *b, bool ours) MUST_CHECK;
/* The format.json of the data that a start will work with: that of a copy which is about to be put back, else
 * the volume's. The path is the caller's. */
char *upgrade_format(const struct bench *b);
/* Whether a start must migrate, or put back, before anybody is let in. */
bool upgrade_is_due(const struct bench *b, const struct ledger *l);
/* MKBENCH_BACK: putting back that copy is what provision begins with. */
struct err *upgrade_ask_back(const struct bench *b) MUST_CHECK;

/* Finishes what a dead attempt has left: its data go back, or its commit is completed. ret_over: this
 * instance has tried, and leaves it at that. */
struct err *upgrade_recover(struct provision_context *w, bool *ret_over) MUST_CHECK;
/* w->upgrade when one is due. */
struct err *upgrade_open(struct provision_context *w) MUST_CHECK;
void upgrade_close(struct upgrade *u);

struct err *upgrade_snapshot(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* web and live events, for the probe alone */
struct err *upgrade_serve(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *upgrade_commit(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* It went wrong: the data go back, or with the recipe's "hold" wait for a person.
 * why is shown from now on. */
struct err *upgrade_fail(struct provision_context *w, const char *why) MUST_CHECK;

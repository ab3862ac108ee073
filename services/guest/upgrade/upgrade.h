/* SPDX-License-Identifier: MIT */
/* An upgrade: takes a volume from the release that it was committed to (release.h) to the image's, or leaves
 * it as it was. The file DATA/.mkbench/upgrade.json says how far it is, so that the next start, of this
 * image or of the former one, knows what to do: before the commit it puts the copy (snapshot.h) back, after
 * it the data stay. */
#pragma once
#include "upgrade/upgrade_record.h"
#include "provision/provision_context.h"

#define UPGRADE_UNCLEAN BENCH_RUN "/unclean" /* the stop before this start was not in order */

struct upgrade {
	char *id;
	json_t *committed; /* what the volume was committed to; NULL: unknown, from before releases existed */
	bool kept, done;   /* the copy is complete; it is committed */
};

/* Only looks. An error when the upgrade cannot work, or a server is older than the data's; for ours, the
 * instance that has the volume, also when there is no room for the copy. If data are about to be put back,
 * by MKBENCH_BACK or after a kill, that copy is what counts. */
struct err *upgrade_check(const struct bench *b, bool ours) MUST_CHECK;
/* The path of the format.json of the data that a start will use: the copy's if that is about to be put back,
 * else the volume's. The caller frees it. */
char *upgrade_format(const struct bench *b);
/* Whether a start must migrate or put back before anybody is let in. */
bool upgrade_is_due(const struct bench *b, const struct ledger *l);
/* For MKBENCH_BACK: has provision begin by putting that copy back. */
struct err *upgrade_ask_back(const struct bench *b) MUST_CHECK;

/* Finishes what a dead attempt has left: puts its data back, or completes its commit. ret_over: this
 * instance has tried already and does not try again. */
struct err *upgrade_recover(struct provision_context *w, bool *ret_over) MUST_CHECK;
/* Sets w->upgrade when an upgrade is due. */
struct err *upgrade_open(struct provision_context *w) MUST_CHECK;
void upgrade_close(struct upgrade *u);

struct err *upgrade_snapshot(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* starts web and live events, for the probe alone */
struct err *upgrade_serve(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *upgrade_commit(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* The upgrade has failed: puts the data back, or with `hold` keeps them for a person. From then on why is
 * shown. */
struct err *upgrade_fail(struct provision_context *w, const char *why) MUST_CHECK;

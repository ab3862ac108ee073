/* SPDX-License-Identifier: MIT */
/* Sites made while the image is built: the image's own programs run over its files, without network, and
 * leave a folder that holds no secret (services/guest/prebake/prebake.h). The bytes differ each time that it
 * is made, so the store keeps it under a key: the packages, and what the programs were told of all other
 * files that they asked for (build_lookups.h). A later build whose files give the same answers takes what is
 * kept. The programs' bench.json does not say what the apps were built from, nor the image's version. */
#pragma once
#include "build/build_apps.h"

#define BUILD_SITES_FOLDER "usr/lib/mkbench/sites"
#define BUILD_SITES_BELOW 3

struct build_sites_request {
	/* configured, without the build tools, with the recipe's interpreters */
	const struct layer_root *packages;
	const struct build_apps *apps; /* as run */
	/* sorted: the packages, what configured them, the interpreters */
	const struct tree *below[BUILD_SITES_BELOW];
	const struct tree *configuration; /* sorted; the programs are in it */
	/* sorted: packages that only build; one program of them is lent. NULL: none */
	const struct tree *tools;
	struct digest packages_key;
};

/* Where a bake stands in the store. */
struct build_sites_bake {
	struct digest key;	       /* of the folder that it left */
	struct digest base;	       /* of records over the same packages */
	struct digest record, answers; /* zero: not everything that was asked for could be seen */
};

/* What the image gets, sorted, and the bake that it is of. ERR_BUILD carries what
 * the sites' programs said last. */
struct err *build_sites(struct build_context *j, const struct build_sites_request *r, struct tree *ret,
			struct build_sites_bake *ret_bake) MUST_CHECK;
/* Notes what it was poured to: a store that has this blob alone, from another machine, has the bake. */
struct err *build_sites_poured(struct build_context *j, const struct build_sites_bake *bake,
			       const struct digest *blob) MUST_CHECK;
/* For a build that takes the layer as it was poured: what a next one needs to find the bake is used, too
 * (store_clean, store_bundle_watch). The lock names the layer; one that it names and this store has not is
 * another machine's, which is said, and the lock stays. */
struct err *build_sites_use(struct build_context *j, const struct digest *blob) MUST_CHECK;

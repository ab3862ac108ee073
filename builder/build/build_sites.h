/* SPDX-License-Identifier: MIT */
/* Makes sites while the image is built ("prebake"): the image's own programs run over its files, without
 * network, and leave a folder without secrets (services/guest/prebake/prebake.h). Each run gives different
 * bytes, so the store keeps the result. Its key is the packages plus the answers to every file lookup that
 * the programs made (build_lookups.h). A later build whose files give the same answers reuses the result. The
 * bench.json that these programs see omits what the apps were built from and the image's version. */
#pragma once
#include "build/build_apps.h"

#define BUILD_SITES_FOLDER "usr/lib/mkbench/sites"
#define BUILD_SITES_BELOW 3

struct build_sites_request {
	/* configured, without the build tools, with the recipe's interpreters */
	const struct layer_root *packages;
	const struct build_apps *apps; /* already run */
	/* sorted: the packages, what configured them, the interpreters */
	const struct tree *below[BUILD_SITES_BELOW];
	const struct tree *configuration; /* sorted; the programs are in it */
	/* sorted: packages only for building; one of their programs is lent. NULL: none */
	const struct tree *tools;
	struct digest packages_key;
};

/* One prebake and its keys in the store. */
struct build_sites_bake {
	struct digest key;	       /* of the folder that it left */
	struct digest base;	       /* of records over the same packages */
	struct digest record, answers; /* zero: some lookups could not be observed */
};

/* ret is what the image gets, sorted; the bake names the prebake it comes from. ERR_BUILD carries the last
 * output of the sites' programs. */
struct err *build_sites(struct build_context *j, const struct build_sites_request *r, struct tree *ret,
			struct build_sites_bake *ret_bake) MUST_CHECK;
/* Records the layer blob that it was written to. A store that has only this blob, from another machine, then
 * has the prebake. */
struct err *build_sites_poured(struct build_context *j, const struct build_sites_bake *bake,
			       const struct digest *blob) MUST_CHECK;
/* For a build that reuses the layer blob: marks everything that the next build needs to find the prebake as
 * used (store_clean, store_bundle_watch). The lock names the layer; if this store lacks that one, it is
 * another machine's: this is said and the lock is kept. */
struct err *build_sites_use(struct build_context *j, const struct digest *blob) MUST_CHECK;
/* For a lock in which something has moved: the layer that it names is forgotten if this store lacks it, and
 * the next build names its own. Writes the lock. */
struct err *build_sites_forget(struct build_context *j) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Sites made while the image is built: the image's own programs run over its files, without network, and leave a folder that holds no
 * secret (services/guest/prebake/prebake.h). The bytes differ each time that it is made, so the store keeps it under a key: the
 * packages, and what the programs were told of all other files that they asked for (build_lookups.h). A later build whose files give
 * the same answers takes what is kept. The programs' bench.json does not say what the apps were built from, nor the image's version. */
#pragma once
#include "build/build_apps.h"

#define BUILD_SITES_FOLDER "usr/lib/mkbench/sites"
#define BUILD_SITES_BELOW  3

struct build_sites_request {
	const struct layer_root *packages;   /* configured, without the build tools, with the recipe's interpreters */
	const struct build_apps *apps;       /* as run */
	const struct tree *below[BUILD_SITES_BELOW]; /* sorted: the packages, what configured them, the interpreters */
	const struct tree *configuration;    /* sorted; the programs are in it */
	const struct tree *tools;            /* sorted: packages that only build; one program of them is lent. NULL: none */
	struct digest packages_key;
};

/* What the image gets, sorted, and the bake that it is of. ERR_BUILD carries what the sites' programs said last. */
struct err *build_sites(struct build_context *j, const struct build_sites_request *r, struct tree *ret, struct digest *ret_bake) MUST_CHECK;
/* Notes what it was poured to: a store that has this blob alone, from another machine, has the bake. */
struct err *build_sites_poured(struct build_context *j, const struct digest *bake, const struct digest *blob) MUST_CHECK;
/* The lock names the layer. One that it names and this store has not is another machine's bake, which is said, and the lock stays. */
struct err *build_sites_lock(struct build_context *j, const struct digest *blob) MUST_CHECK;

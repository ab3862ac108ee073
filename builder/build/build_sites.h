/* SPDX-License-Identifier: MIT */
/* Sites made while the image is built: the image's own programs run over its files, without network, and leave a folder that holds no
 * secret (services/guest/prebake/prebake.h). What it is made of decides its key; the bytes differ each time that it is made, so the
 * store keeps it under the key. */
#pragma once
#include "build/build_apps.h"

#define BUILD_SITES_FOLDER "usr/lib/mkbench/sites"

struct build_sites_request {
	const struct layer_root *packages;   /* configured, without the build tools */
	const struct build_apps *apps;       /* as run */
	const struct tree *configuration;    /* sorted; the programs are in it */
	const struct tree *tools;            /* sorted: packages that only build; one program of them is lent. NULL: none */
	struct digest key;
};

/* The packages, every part of the apps, and the configuration without the build's name. */
struct digest build_sites_key(const struct digest *packages, const struct build_apps *apps, const struct digest *configuration);
/* What the image gets, sorted. ERR_BUILD carries what the sites' programs said last. */
struct err *build_sites(struct build_context *j, const struct build_sites_request *r, struct tree *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* dpkg's database as it would be had dpkg unpacked the packages, for `dpkg
 * --configure -a` to go on from. The files are described in dpkg(1), deb-triggers(5) and
 * dpkg's own doc folder; what each must hold was tried against dpkg 1.21 and 1.22. */
#pragma once
#include "layer/deb/merge.h"

struct dpkg_request {
	const struct installed *packages;
	size_t count;
	const struct merge_result *merged;
	size_t first;	    /* packages before it are configured already, in a root below */
	const char *status; /* that root's status file, or NULL with first 0 */
	const char *architecture;
	const char *const *exclude; /* as for the merge: kept for later runs of dpkg as well */
	int64_t epoch;
};

/* Adds what never changes, info/ and its like, of each package from first on to its
 * group's tree; sorts them all. */
void dpkg_info(const struct dpkg_request *r, struct tree *groups);
/* What dpkg will change: status, triggers and the files it wants to find. Sorted, without folders. */
struct err *dpkg_state(const struct dpkg_request *r, struct tree *ret) MUST_CHECK;

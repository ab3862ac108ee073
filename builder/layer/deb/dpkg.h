/* SPDX-License-Identifier: MIT */
/* Writes dpkg's database as if dpkg had unpacked the packages, so that `dpkg --configure -a` can continue
 * from there. The files are described in dpkg(1), deb-triggers(5) and dpkg's own doc folder; their content
 * was tested against dpkg 1.21 and 1.22. */
#pragma once
#include "layer/deb/merge.h"

struct dpkg_request {
	const struct installed *packages;
	size_t count;
	const struct merge_result *merged;
	size_t first;	    /* packages before this one are configured already, in a root below */
	const char *status; /* that root's status file; NULL if first is 0 */
	const char *architecture;
	const char *const *exclude; /* as for the merge: also recorded for later runs of dpkg */
	int64_t epoch;
};

/* Adds the constant files, info/ and its like, of each package from first on to its group's tree; sorts all
 * trees. */
void dpkg_info(const struct dpkg_request *r, struct tree *groups);
/* The files that dpkg will change: status, triggers and the files it expects. Sorted, without folders. */
struct err *dpkg_state(const struct dpkg_request *r, struct tree *ret) MUST_CHECK;

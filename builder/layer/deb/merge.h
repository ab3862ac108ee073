/* SPDX-License-Identifier: MIT */
/* From packages to trees: where dpkg would put what they hold if it unpacked them one after another into an
 * empty root, without touching a disk.
 *
 * Merged-/usr names are resolved (lib/x becomes usr/lib/x), the links themselves come from a package or, on
 * suites whose packages have none, from us as debootstrap makes them. Of a folder that many packages name the
 * first one's mode and time count, by group and then by name, so that a group stays what it is when a package
 * joins a later one; of a file that two packages hold the one that Replaces the other, or it is an error. */
#pragma once
#include "layer/deb/installed.h"

struct merge_request {
	const struct installed *packages;
	size_t count;
	size_t group_count;
	const char *architecture;
	/* globs on absolute paths ("*" matches "/" too), NULL-terminated, or NULL */
	const char *const *exclude;
	int64_t epoch; /* later times become it */
};

struct merge_result {
	struct tree *groups; /* group_count trees, sorted, each with the folders above what it holds */
	/* of each package and each entry of its pack: another package's file took its place */
	bool **lost;
	size_t group_count, count;
};

/* ERR_BUILD names both packages and the path. */
struct err *merge_packages(const struct merge_request *r, struct merge_result *ret) MUST_CHECK;
void merge_done(struct merge_result *r);

/* Whether a glob of the list matches; copyright files are never excluded. */
bool merge_excluded(const char *const *globs, const char *path);

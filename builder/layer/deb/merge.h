/* SPDX-License-Identifier: MIT */
/* Merges packages into trees: every file is placed where dpkg would put it if it unpacked the packages one
 * after another into an empty root, but without touching a disk.
 *
 * Merged-/usr names are resolved (lib/x becomes usr/lib/x). The links themselves come from a package, or, in
 * suites whose packages have none, from us, as debootstrap makes them. If many packages contain a folder, the
 * first one decides its mode and time, in the order of groups and then names, so that a group does not change
 * when a package joins a later one. If two packages contain a file, the one that Replaces the other wins;
 * otherwise it is an error. */
#pragma once
#include "layer/deb/installed.h"

struct merge_request {
	const struct installed *packages;
	size_t count;
	size_t group_count;
	const char *architecture;
	/* globs on absolute paths ("*" matches "/" too), NULL-terminated, or NULL */
	const char *const *exclude;
	int64_t epoch; /* later times become this one */
};

struct merge_result {
	struct tree *groups; /* group_count trees, sorted, each with the folders above its entries */
	/* for each package and each entry of its pack: replaced by another package's file */
	bool **lost;
	size_t group_count, count;
};

/* ERR_BUILD names both packages and the path. */
struct err *merge_packages(const struct merge_request *r, struct merge_result *ret) MUST_CHECK;
void merge_done(struct merge_result *r);

/* Whether a glob of the list matches; copyright files are never excluded. */
bool merge_excluded(const char *const *globs, const char *path);

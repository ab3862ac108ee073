/* SPDX-License-Identifier: MIT */
/* Compares two images: packages, apps, settings, files; ignores times of files and names of layers. */
#pragma once
#include "report/contents.h"

/* An added package has no old side, a removed one no new side. */
struct diff_package {
	const struct contents_package *old, *new;
};

struct diff_setting {
	const char *name; /* "ExposedPorts", "architecture" */
	char *old, *new;  /* compact JSON; NULL: not set */
};

struct diff_file {
	const struct entry *old, *new;
	uint64_t weight; /* bytes added or removed; for a changed file its new size */
};

struct diff {
	const struct contents *old, *new;
	struct {
		struct diff_package *items;
		size_t count, room;
	} packages; /* sorted by kind and name */
	struct {
		struct diff_setting *items;
		size_t count, room;
	} settings;
	struct {
		struct diff_file *items;
		size_t count, room;
	} files; /* largest first */
	struct {
		uint64_t packed, unpacked;
		size_t files;
	} sizes[2]; /* old, new */
};

/* old and new must outlive it. */
void diff_of(const struct contents *old, const struct contents *new, struct diff *ret);
void diff_done(struct diff *d);
bool diff_is_empty(const struct diff *d);
#define AUTO_DIFF __attribute__((cleanup(diff_done)))
/* What identifies a package's version: its version, or an app's commit or content; never NULL. */
const char *diff_version(const struct contents_package *p);

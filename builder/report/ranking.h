/* SPDX-License-Identifier: MIT */
/* What takes most room in an image: its packages, its folders, its files. */
#pragma once
#include "report/contents.h"

struct ranking_row {
	size_t index; /* of a package or an entry; 0 of a folder */
	char *folder; /* of a folder */
	uint64_t size_bytes;
};

struct ranking {
	struct ranking_row *items; /* the largest first; equal ones in the order of their names */
	size_t count, room;
};

void ranking_packages(const struct contents *c, struct ranking *ret);
void ranking_files(const struct contents *c, struct ranking *ret);
/* Folders of at most two names, "usr/lib", each with all that is below it. */
void ranking_folders(const struct contents *c, struct ranking *ret);
void ranking_done(struct ranking *r);
#define AUTO_RANKING __attribute__((cleanup(ranking_done)))

/* SPDX-License-Identifier: MIT */
/* Ranks what takes the most space in an image: packages, folders, files. */
#pragma once
#include "report/contents.h"

struct ranking_row {
	size_t index; /* of a package or an entry; 0 for a folder */
	char *folder; /* path of a folder */
	uint64_t size_bytes;
};

struct ranking {
	struct ranking_row *items; /* largest first; equal ones by name */
	size_t count, room;
};

void ranking_packages(const struct contents *c, struct ranking *ret);
void ranking_files(const struct contents *c, struct ranking *ret);
/* Folders of at most two names, "usr/lib", each with everything below. */
void ranking_folders(const struct contents *c, struct ranking *ret);
void ranking_done(struct ranking *r);
#define AUTO_RANKING __attribute__((cleanup(ranking_done)))

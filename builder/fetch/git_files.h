/* SPDX-License-Identifier: MIT */
/* Inspects a commit before it is checked out: its size and its submodules. */
#pragma once
#include <stdint.h>

#include "fetch/git.h"

struct git_amount {
	uint64_t files, bytes, names;
};

/* A submodule of a commit. */
struct git_link {
	char *path, *commit;
	char *url; /* as in .gitmodules; NULL: not named there */
};

struct git_links {
	struct git_link *items;
	size_t count, room;
	size_t files; /* entries that are not submodules */
};

/* Adds to amount; ERR_FETCH as soon as it exceeds the limits of source_limit.h. */
struct err *git_files(struct git *g, const char *commit, struct git_amount *amount,
		      struct git_links *ret) MUST_CHECK;
void git_files_done(struct git_links *l);

/* The URL of a submodule as a repository at url names it: relative to that, or absolute. ERR_FETCH for what
 * is not fetched, such as a folder of this machine that a server names. The caller's to free. */
struct err *git_files_url(const char *url, const char *named, char **ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* What a commit holds, before any of it is written: how much, and which other repositories. */
#pragma once
#include <stdint.h>

#include "fetch/git.h"

struct git_amount {
	uint64_t files, bytes, names;
};

/* A submodule of a commit. */
struct git_link {
	char *path, *commit;
	char *url; /* as .gitmodules has it; NULL: it does not name it */
};

struct git_links {
	struct git_link *items;
	size_t count, room;
	size_t files; /* entries that are no submodules */
};

/* Adds to amount; ERR_FETCH as soon as that is more than source_limit.h allows. */
struct err *git_files(struct git *g, const char *commit, struct git_amount *amount,
		      struct git_links *ret) MUST_CHECK;
void git_files_done(struct git_links *l);

/* The URL of a submodule that a repository of url names so: relative to it, or absolute. ERR_FETCH for what
 * is not fetched, such as a folder of this machine that a server names. The caller's to free. */
struct err *git_files_url(const char *url, const char *named, char **ret) MUST_CHECK;

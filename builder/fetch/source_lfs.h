/* SPDX-License-Identifier: MIT */
/* Fetches files that Git LFS stores elsewhere and replaces their pointers (git-lfs' docs/spec.md). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/progress.h"
#include "fetch/source_git.h"

#define LFS_POINTER_MAX 1024

/* Whether a file of that size that begins with head is a pointer. */
bool source_lfs_is_pointer(const char *head, size_t len, uint64_t size);
/* Replaces pointers by their files; paths are below g->folder. Takes files from the store if it has them,
 * else runs git-lfs; ERR_FETCH names the files if that is not installed. */
struct err *source_lfs(struct store *s, const struct git_source *g, char **paths, size_t count,
		       struct progress *p) MUST_CHECK;
/* "a, b and 3 more"; the caller's to free. */
char *source_lfs_list(char **paths, size_t count);

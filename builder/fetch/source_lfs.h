/* SPDX-License-Identifier: MIT */
/* Files that Git LFS keeps elsewhere: a repository has pointers in their place (git-lfs' docs/spec.md). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/progress.h"
#include "fetch/source_git.h"

#define LFS_POINTER_MAX 1024

/* Whether a file with such a beginning, of so many bytes in all, is a pointer. */
bool source_lfs_is_pointer(const char *head, size_t len, uint64_t size);
/* Puts what the pointers mean in their place; paths are below g->folder. By the store when it is there, else
 * by the program git-lfs: ERR_FETCH names them when that is not installed. */
struct err *source_lfs(struct store *s, const struct git_source *g, char **paths, size_t count,
		       struct progress *p) MUST_CHECK;
/* "a, b and 3 more"; the caller's to free. */
char *source_lfs_list(char **paths, size_t count);

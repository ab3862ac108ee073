/* SPDX-License-Identifier: MIT */
/* Resolves a branch or a tag on a server. */
#pragma once
#include "fetch/git.h"

/* The full name of ref at url, "refs/heads/main"; ERR_FETCH if there is none, or if two of that name point to
 * different commits. */
struct err *git_ref(struct git *g, const char *url, const char *ref, char **ret) MUST_CHECK;
/* The default branch of a server, "main"; ERR_FETCH if it names none. The caller's to free. */
struct err *git_ref_default(struct git *g, const char *url, char **ret) MUST_CHECK;

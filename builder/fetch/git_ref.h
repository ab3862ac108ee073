/* SPDX-License-Identifier: MIT */
/* What a branch or a tag of a server means. */
#pragma once
#include "fetch/git.h"

/* The full name of ref at url, "refs/heads/main"; ERR_FETCH when there is none, or when two of
 * that name mean different commits. */
struct err *git_ref(struct git *g, const char *url, const char *ref, char **ret) MUST_CHECK;
/* The branch that a server means when nobody names one, "main"; ERR_FETCH when it
 * says none. The caller's to free. */
struct err *git_ref_default(struct git *g, const char *url, char **ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Trees on disk: what sandboxes run in. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

/* Writes a sorted tree, without whiteouts, into an empty folder, with modes, owners and
 * times, by two threads, each pack decoded once. Nothing is written through a link. ERR_BUILD when the
 * content of a CONTENT_DISK is not what sha256 says. */
struct err *extract_tree(const struct store *s, const struct tree *t, const char *folder) MUST_CHECK;

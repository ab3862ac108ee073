/* SPDX-License-Identifier: MIT */
/* Writes trees to disk for sandboxes. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

/* Writes a sorted tree, without whiteouts, into an empty folder, with modes, owners and times. Two threads
 * share the work and each pack is decoded once. Nothing is written through a link. ERR_BUILD if the content
 * of a CONTENT_DISK does not match its sha256. */
struct err *extract_tree(const struct store *s, const struct tree *t, const char *folder) MUST_CHECK;

/* Trees on disk: what sandboxes run in. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

/* Writes a sorted tree, without whiteouts, into an empty folder, with modes, owners and
 * times, by two threads, each pack decoded once. Nothing is written through a link. */
struct err *extract_tree(const struct store *s, const struct tree *t, const char *folder) MUST_CHECK;

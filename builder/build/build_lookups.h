/* SPDX-License-Identifier: MIT */
/* What steps asked the file system for (struct sandbox.lookups), and what a tree answers: when two trees
 * answer the same, steps that are told nothing else do the same over both. Pure. */
#pragma once
#include "base/text.h"
#include "tree/tree.h"

/* The noted lines as a record: sorted, each once. False when something could not be seen, with
 * why in *ret_why (the caller's). */
bool build_lookups_record(const char *noted, struct text *ret, char **ret_why);
/* A digest of all that the tree (sorted, with the folders above its entries) answers to a record: of what was
 * opened its bytes, of a folder the names in it; of what was looked at its kind, mode and owner, of a file
 * also its bytes; that a name is not there; and the same of every folder above. Times are left out. */
struct digest build_lookups_answer(const char *record, const struct tree *t);

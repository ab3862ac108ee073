/* SPDX-License-Identifier: MIT */
/* Records what steps looked up in the file system (struct sandbox.lookups) and hashes a tree's answers. If
 * two trees give the same answers, steps with the same other inputs do the same over both. Pure. */
#pragma once
#include "base/text.h"
#include "tree/tree.h"

/* Sorts the noted lines into a record without duplicates. False if a lookup could not be observed; *ret_why,
 * the caller's to free, says why. */
bool build_lookups_record(const char *noted, struct text *ret, char **ret_why);
/* A digest of the tree's answers to a record; the tree is sorted, with the folders above its entries. For
 * what was opened: its bytes, or a folder's names. For what was looked at: kind, mode and owner, and a file's
 * bytes. Also that a name is missing, and the same for every folder above. Times are left out. */
struct digest build_lookups_answer(const char *record, const struct tree *t);

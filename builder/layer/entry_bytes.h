/* SPDX-License-Identifier: MIT */
/* Reads the bytes of a tree's entries, wherever they are. */
#pragma once
#include "base/err.h"
#include "store/store.h"
#include "tree/tree.h"

struct reach;
/* store: holds the packs; NULL if no entry is in one. */
struct reach *entry_bytes_new(const struct store *s);
/* Reads len bytes from offset; ERR_BUILD if a file has changed. Entries of a pack are fastest in the pack's
 * order. */
struct err *entry_bytes_read(struct reach *r, const struct entry *e, uint64_t offset, void *bytes,
			     size_t len) MUST_CHECK;
void entry_bytes_done(struct reach *r);

/* SPDX-License-Identifier: MIT */
/* The bytes of a tree's entries, wherever they are. */
#pragma once
#include "base/err.h"
#include "store/store.h"
#include "tree/tree.h"

struct reach;
/* store: of packs; NULL where no entry is in one. */
struct reach *entry_bytes_new(const struct store *s);
/* len bytes from offset on; ERR_BUILD when a file has become another. Entries of a pack
 * are read quickest in its order. */
struct err *entry_bytes_read(struct reach *r, const struct entry *e, uint64_t offset, void *bytes,
			     size_t len) MUST_CHECK;
void entry_bytes_done(struct reach *r);

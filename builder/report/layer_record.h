/* SPDX-License-Identifier: MIT */
/* Records the list of a layer (report/layer_list.h) while the layer is written, so that it need not be read
 * again. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

struct layer_record;

struct layer_record *layer_record_begin(void);
/* Records each entry as the layer has it, with its time, in any order; then a file's bytes in pieces. */
void layer_record_entry(void *record, const struct entry *e);
void layer_record_bytes(void *record, const void *bytes, size_t len);
/* Stores the list under the layer's digest; packed_bytes is the blob's size, unpacked_bytes its tar's. Frees
 * record in any case. A failure only makes the next read slower. s NULL: the layer was not written. */
void layer_record_end(struct layer_record *record, struct store *s, const struct digest *layer,
		      uint64_t packed_bytes, uint64_t unpacked_bytes);

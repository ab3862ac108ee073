/* SPDX-License-Identifier: MIT */
/* The list of a layer (report/layer_list.h) noted while the layer is written, so that a
 * first look at it need not read it. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

struct layer_record;

struct layer_record *layer_record_begin(void);
/* Each entry as the layer has it, its time too, in any order; then, of a file, its bytes, in pieces. */
void layer_record_entry(void *record, const struct entry *e);
void layer_record_bytes(void *record, const void *bytes, size_t len);
/* The store remembers the list under the digest of the layer, which lies there in packed_bytes,
 * its tar in unpacked_bytes. Ends record in any case; without the note a look is only slower. s
 * NULL: the layer was not written. */
void layer_record_end(struct layer_record *record, struct store *s, const struct digest *layer,
		      uint64_t packed_bytes, uint64_t unpacked_bytes);

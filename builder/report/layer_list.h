/* SPDX-License-Identifier: MIT */
/* What one layer of any image holds: its entries, each file's digest, and the bytes of the few files that say
 * what is installed. A layer that has been read is remembered in the store under its digest. */
#pragma once
#include "report/image_source.h"
#include "store/store.h"
#include "tree/tree.h"

/* The refs of the store that remember lists: another number when other files are kept. */
#define LAYER_LIST_REF "layer-list-3"

struct layer_list {
	struct tree tree;		       /* sorted; kept files have CONTENT_MEMORY */
	uint64_t packed_bytes, unpacked_bytes; /* as it lies in the image; its tar */
};

/* s may be NULL: nothing is remembered. ERR_BUILD when the layer is damaged, or
 * larger than any that is believed. */
struct err *layer_list_read(const struct image_source *source, size_t layer, struct store *s,
			    struct layer_list *ret) MUST_CHECK;
/* Whether a file of that path is one that says what is installed, whose bytes are kept. */
bool layer_list_keeps(const char *path, uint64_t size_bytes);
/* Under the layer's digest, for a next read. Without it that is only slower. */
void layer_list_remember(struct store *s, const struct digest *key, const struct layer_list *l);
void layer_list_done(struct layer_list *l);

/* SPDX-License-Identifier: MIT */
/* Lists the content of one layer of any image: its entries, each file's digest, and the bytes of the few
 * files that list installed packages. The store remembers the list under the layer's digest. */
#pragma once
#include "report/image_source.h"
#include "store/store.h"
#include "tree/tree.h"

/* The refs in the store that hold lists. Change the number if other files are kept. */
#define LAYER_LIST_REF "layer-list-3"

struct layer_list {
	struct tree tree;		       /* sorted; kept files have CONTENT_MEMORY */
	uint64_t packed_bytes, unpacked_bytes; /* compressed, as in the image; of its tar */
};

/* s may be NULL: nothing is remembered. ERR_BUILD if the layer is damaged, or too large to be plausible. */
struct err *layer_list_read(const struct image_source *source, size_t layer, struct store *s,
			    struct layer_list *ret) MUST_CHECK;
/* Whether a file of that path lists installed packages, so that its bytes are kept. */
bool layer_list_keeps(const char *path, uint64_t size_bytes);
/* Remembers the list under the layer's digest. This only makes the next read faster. */
void layer_list_remember(struct store *s, const struct digest *key, const struct layer_list *l);
void layer_list_done(struct layer_list *l);

/* SPDX-License-Identifier: MIT */
/* One blob into a repository: not at all when it is there, from a neighbour when the registry can, else in
 * pieces, each going on where a broken one stopped. */
#pragma once
#include "registry/layout.h"
#include "registry/manifest_set.h"
#include "registry/registry.h"

#define UPLOAD_PIECE (64ull << 20) /* what a request carries; what is smaller goes in one */

enum upload_result { UPLOAD_PRESENT, UPLOAD_MOUNTED, UPLOAD_SENT };

/* neighbour is a repository of the same registry that may have the blob, or NULL. ERR_BUILD
 * when the blob's bytes are not those that its digest names. p is told of the blob's bytes once
 * each, sent or not; it may be NULL. */
struct err *upload_blob(struct registry *r, const struct manifest_blob *b, const char *neighbour,
			struct progress *p, enum upload_result *ret) MUST_CHECK;

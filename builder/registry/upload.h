/* SPDX-License-Identifier: MIT */
/* Uploads one blob to a repository: skipped if it is there, mounted from another repository if the registry
 * can, else sent in pieces, each resumed where it broke off. */
#pragma once
#include "registry/layout.h"
#include "registry/manifest_set.h"
#include "registry/registry.h"

#define UPLOAD_PIECE (64ull << 20) /* bytes of one request; smaller blobs go in one */

enum upload_result { UPLOAD_PRESENT, UPLOAD_MOUNTED, UPLOAD_SENT };

/* neighbour is a repository of the same registry that may have the blob, or NULL. ERR_BUILD if the blob's
 * bytes do not match its digest. Progress p counts each of the blob's bytes once, sent or not; it may be
 * NULL. */
struct err *upload_blob(struct registry *r, const struct manifest_blob *b, const char *neighbour,
			struct progress *p, enum upload_result *ret) MUST_CHECK;

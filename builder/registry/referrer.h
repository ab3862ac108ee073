/* SPDX-License-Identifier: MIT */
/* Maintains the list of documents attached to an image, for registries that keep none themselves
 * (distribution-spec 1.1, "Referrers Tag Schema"). */
#pragma once
#include "registry/manifest_set.h"
#include "registry/registry.h"

/* Adds d, which was pushed, to the list of its subject, the index tagged "sha256-HEX". Does nothing if d is
 * listed already, or if the registry has its own list. */
struct err *referrer_list(struct registry *r, const struct manifest_document *d) MUST_CHECK;

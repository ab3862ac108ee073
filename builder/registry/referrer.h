/* SPDX-License-Identifier: MIT */
/* What is attached to an image, in a registry that keeps no list of it by itself
 * (distribution-spec 1.1, "Referrers Tag Schema"). */
#pragma once
#include "registry/manifest_set.h"
#include "registry/registry.h"

/* Adds d, which was pushed, to the list of its subject, the index tagged "sha256-HEX"; nothing where it is in
 * it, or where the registry answers with a list of its own. */
struct err *referrer_list(struct registry *r, const struct manifest_document *d) MUST_CHECK;

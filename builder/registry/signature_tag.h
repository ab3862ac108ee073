/* SPDX-License-Identifier: MIT */
/* Pushes an image's signature into its repository, to the tag sha256-DIGEST.sig, where cosign and containers'
 * policies look for it. */
#pragma once
#include "base/digest.h"
#include "registry/registry.h"

/* folder is the caller's, for temporary files. Existing signatures stay; an identical one is not pushed
 * again. ERR_FETCH as in registry.h. */
struct err *signature_tag_push(struct registry *r, const char *folder, const struct digest *manifest,
			       const char *payload, const char *signature) MUST_CHECK;

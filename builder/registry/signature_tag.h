/* SPDX-License-Identifier: MIT */
/* A signature of an image beside it in its repository, where cosign and containers' policies
 * look: the tag sha256-DIGEST.sig. */
#pragma once
#include "base/digest.h"
#include "registry/registry.h"

/* folder is the caller's, for files of a while. Signatures that are there stay, one that is there already is
 * not put again. ERR_FETCH as in registry.h. */
struct err *signature_tag_push(struct registry *r, const char *folder, const struct digest *manifest,
			       const char *payload, const char *signature) MUST_CHECK;

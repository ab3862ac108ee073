/* SPDX-License-Identifier: MIT */
/* Pushes an image to a registry: every blob, every manifest, attached documents, the tag. */
#pragma once
#include "base/progress.h"
#include "registry/credentials.h"
#include "registry/manifest_set.h"
#include "registry/reference.h"
#include "registry/registry.h"
#include "store/store.h"

struct push {
	const struct manifest_set *set;
	const struct reference *where;
	struct credentials *login; /* ownership is taken */
	bool plain_http;
	/* remembers which repository has a blob, so that the next push can mount it; or NULL */
	struct store *store;
	struct progress *progress; /* or NULL */
	/* NULL, or called once the image is there: signs it in its repository. */
	struct err *(*sign)(void *arg, struct registry *r, const struct digest *manifest);
	void *arg;
};

struct push_result {
	size_t sent, mounted, present; /* blobs */
	uint64_t sent_bytes;
	size_t attached; /* manifests with a subject */
	bool unchanged;	 /* the tag named this image before */
};

/* ERR_FETCH with one line that says what the registry refused. What arrived before an error stays there and
 * is not sent again. */
struct err *push_image(const struct push *p, struct push_result *ret) MUST_CHECK;

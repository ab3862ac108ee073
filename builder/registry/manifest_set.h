/* SPDX-License-Identifier: MIT */
/* Lists everything to push for an image, in an order that registries accept: blobs, then manifests, each
 * after those it names, the image's own last; then what is attached to it (manifests with a subject, such as
 * a bill of materials). */
#pragma once
#include "registry/layout.h"

struct manifest_blob {
	const struct layout *layout;
	const char *member; /* the layout's member with its bytes */
	struct digest digest;
	uint64_t size_bytes;
};

struct manifest_document {
	const char *type; /* media type */
	const char *text;
	size_t len;
	struct digest digest;
	struct digest subject;	   /* what it is attached to; zero: nothing */
	const char *artifact_type; /* for one with a subject, as shown in a list of referrers */
	const char *annotations;   /* for one with a subject, as JSON; or NULL */
};

struct manifest_set {
	struct arena arena; /* owns every text and member */
	struct {
		struct manifest_blob *items;
		size_t count, room;
	} blobs; /* each once */
	struct {
		struct manifest_document *items;
		size_t count, room;
	} documents; /* each once */
	/* index of the image's own among the documents: all behind it have a subject */
	size_t root;
	const char *tag;     /* its tag in the layout; NULL: none */
	uint64_t size_bytes; /* of all blobs */
};

/* For several layouts, or one with several images, ret is an index over them, each of its own platform.
 * ERR_USAGE if one is not an image, or if two have the same platform; ERR_BUILD if one is damaged. For a
 * docker archive an OCI manifest is generated. The layouts must outlive ret, which the caller ends with
 * manifest_set_done in any case. */
struct err *manifest_set_read(struct layout *layouts, size_t count, struct manifest_set *ret) MUST_CHECK;
void manifest_set_done(struct manifest_set *m);
#define AUTO_MANIFEST_SET __attribute__((cleanup(manifest_set_done)))

#define MANIFEST_INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST_IMAGE "application/vnd.oci.image.manifest.v1+json"

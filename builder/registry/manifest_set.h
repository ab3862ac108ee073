/* SPDX-License-Identifier: MIT */
/* All that a registry must be given of an image, in an order that it takes: blobs, then manifests, each after
 * those that it names, the image's own last of them, then what is attached to it (manifests with a subject,
 * such as a list of what is in it). */
#pragma once
#include "registry/layout.h"

struct manifest_blob {
	const struct layout *layout;
	const char *member; /* where its bytes are in the layout */
	struct digest digest;
	uint64_t size_bytes;
};

struct manifest_document {
	const char *type; /* media type */
	const char *text;
	size_t len;
	struct digest digest;
	struct digest subject;	   /* what it is attached to; zero: nothing */
	const char *artifact_type; /* of one with a subject, as a list of referrers says it */
	const char *annotations;   /* of one with a subject, as JSON; or NULL */
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
	/* place of the image's own among the documents: behind it all have a subject */
	size_t root;
	const char *tag;     /* that the layout gives it; NULL: none */
	uint64_t size_bytes; /* of all blobs */
};

/* Of several layouts, or of one with several images, ret is an index over them, each of a platform of
 * its own. ERR_USAGE when one is no image, or two are of one platform; ERR_BUILD when one is damaged. Of
 * a docker archive the OCI manifest is made. The layouts outlive ret, which is ended by
 * manifest_set_done in any case. */
struct err *manifest_set_read(struct layout *layouts, size_t count, struct manifest_set *ret) MUST_CHECK;
void manifest_set_done(struct manifest_set *m);
#define AUTO_MANIFEST_SET __attribute__((cleanup(manifest_set_done)))

#define MANIFEST_INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST_IMAGE "application/vnd.oci.image.manifest.v1+json"

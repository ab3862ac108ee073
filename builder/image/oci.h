/* SPDX-License-Identifier: MIT */
/* Generates an image's documents: its configuration and manifest (OCI image-spec 1.0, config.md and
 * manifest.md), the index that names it (image-layout.md), and the manifest.json of a docker archive. Keys
 * are sorted and none is optional, so equal images have equal bytes. */
#pragma once
#include "image/image.h"

struct oci_document {
	char *text;
	struct digest digest;
};

struct oci {
	struct oci_document *attached; /* referrers and their blobs, each digest once */
	size_t attached_count;
	char *config, *manifest, *index, *docker; /* NUL-terminated JSON */
	struct digest config_digest, manifest_digest;
};

#define OCI_LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"

/* ERR_BUILD if a text of the image is not UTF-8. */
struct err *oci_describe(const struct image *im, struct oci *ret) MUST_CHECK;
void oci_done(struct oci *o);
/* Only the manifest.json of a docker archive, the caller's to free; ERR_BUILD as above. */
struct err *oci_docker(const char *name, const char *tag, const struct digest *config,
		       const struct digest *layers, size_t layer_count, char **ret) MUST_CHECK;

/* "blobs/sha256/<hex>", the caller's to free. */
char *oci_blob_path(const struct digest *d);

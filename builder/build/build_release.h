/* SPDX-License-Identifier: MIT */
/* What a release adds: labels of the image, documents attached to it and written beside the outputs, and
 * checksums of all written files. */
#pragma once
#include "build/build_context.h"
#include "image/image.h"

#define BUILD_RELEASE_LABELS 13u

/* OCI annotations as labels; key NULL ends the list. The texts belong to the recipe and build_id. */
void build_release_labels(const struct recipe *r, const char *build_id,
			  struct label ret[static BUILD_RELEASE_LABELS]);

struct build_release {
	char *texts[DOCUMENT_COUNT], *names[DOCUMENT_COUNT];
	struct image_referrer referrers[DOCUMENT_COUNT];
	struct digest manifest; /* of the image that the documents describe */
};

/* Makes the documents that the recipe asks for and attaches them to im, whose layers are in the store. */
struct err *build_release_attach(struct build_context *j, struct image *im, const char *build_id,
				 struct build_release *ret) MUST_CHECK;
/* Writes the documents beside the outputs, including the provenance of the outputs, and the checksums of all.
 * results: one for each output. */
struct err *build_release_write(struct build_context *j, const struct build_release *d, const char *build_id,
				const char *folder, const struct image_result *results) MUST_CHECK;
void build_release_done(struct build_release *d);
#define AUTO_BUILD_RELEASE __attribute__((cleanup(build_release_done)))

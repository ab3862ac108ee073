/* SPDX-License-Identifier: MIT */
/* Opens any image as named byte streams: an OCI image layout, as a folder or as one tar, or a docker archive,
 * as `docker save` has written it since 1.10. Its content is untrusted: sizes are limited and every digest is
 * verified. */
#pragma once
#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct image_source_layer {
	const char *member;    /* its name in the archive or below the folder */
	struct digest digest;  /* of the stored bytes; zero: the archive does not say */
	struct digest diff_id; /* of the plain tar, from the configuration; zero: not given */
};

struct image_source {
	struct arena arena; /* owns every text */
	char *path;	    /* absolute */
	char *tag;	    /* for FOLDER:TAG; NULL: no image was selected */
	bool folder;
	const char *name;	/* the image's name inside it, "demo:1.0"; NULL: none */
	struct digest manifest; /* zero: a docker archive has none */
	struct digest config_digest;
	json_t *config;
	struct image_source_layer *layers; /* lowest first */
	size_t layer_count;
};

/* ERR_USAGE if path is not a readable image, or has several of one platform and no :TAG that selects one;
 * ERR_BUILD if it is damaged. From an index with an image for each platform, this machine's is taken, else
 * the first. */
struct err *image_source_open(const char *path, struct image_source *ret) MUST_CHECK;
void image_source_close(struct image_source *s); /* an all-zero struct is allowed */

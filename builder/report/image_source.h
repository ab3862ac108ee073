/* SPDX-License-Identifier: MIT */
/* Any image in a file or a folder, as bytes by name: an OCI image layout, as a folder or as one tar, or a
 * docker archive, as `docker save` has written it since 1.10. Nothing of it is believed: each answer is
 * bounded, each digest that is named is checked. */
#pragma once
#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct image_source_layer {
	const char *member;    /* its name in the archive or below the folder */
	struct digest digest;  /* of the bytes as they lie there; zero: the archive does not say */
	struct digest diff_id; /* of the plain tar, as the configuration says; zero: it does not */
};

struct image_source {
	struct arena arena; /* owns every text */
	char *path;	    /* absolute */
	char *tag;	    /* of FOLDER:TAG; NULL: nobody has said which image is meant */
	bool folder;
	const char *name;	/* as the image is called in it, "demo:1.0"; NULL: it has no name */
	struct digest manifest; /* zero: a docker archive has none */
	struct digest config_digest;
	json_t *config;
	struct image_source_layer *layers; /* lowest first */
	size_t layer_count;
};

/* ERR_USAGE when path is no image that can be read, or has several of one platform and no :TAG behind it
 * says which, ERR_BUILD when it is a damaged one. Of an index with an image a platform the one for this
 * machine is taken, else the first. */
struct err *image_source_open(const char *path, struct image_source *ret) MUST_CHECK;
void image_source_close(struct image_source *s); /* one that is all zero is fine */

/* From a plan to layers in the store: packages, what configuring them changed, apps, configuration. */
#pragma once
#include "cmd/build_apps.h"
#include "cmd/job.h"
#include "image/image.h"

#define BUILD_LAYERS_MAX (5 + BUILD_APPS_PARTS)

struct build_layers {
	struct image_layer items[BUILD_LAYERS_MAX]; /* lowest first */
	size_t count;
	char build_id[DIGEST_HEX];   /* names all that went in: packages, apps, recipe, our own programs */
	struct digest tree;          /* of the whole image, whatever form it takes */
};

/* What an earlier build poured from the same inputs is taken as it is. */
struct err *build_layers(struct job *j, struct build_layers *ret) MUST_CHECK;

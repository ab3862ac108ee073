/* SPDX-License-Identifier: MIT */
/* What manifest_set.c and manifest_set_docker.c share. */
#pragma once
#include <jansson.h>

#include "registry/manifest_set.h"

/* Adds one, unless it is there. */
void manifest_set_add_blob(struct manifest_set *m, const char *member, const struct digest *d, uint64_t size_bytes);
size_t manifest_set_add_document(struct manifest_set *m, const struct manifest_document *d);
/* The whole set of a docker archive: its manifest.json, parsed. */
struct err *manifest_set_docker(struct layout *l, const json_t *list, struct manifest_set *m) MUST_CHECK;

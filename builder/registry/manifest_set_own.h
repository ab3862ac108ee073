/* SPDX-License-Identifier: MIT */
/* What the files of manifest_set share. */
#pragma once
#include <jansson.h>

#include "registry/manifest_set.h"

/* Adds one, unless it is there. */
void manifest_set_add_blob(struct manifest_set *m, const struct layout *l, const char *member,
			   const struct digest *d, uint64_t size_bytes);
size_t manifest_set_add_document(struct manifest_set *m, const struct manifest_document *d);
/* The whole set of a docker archive: its manifest.json, parsed. */
struct err *manifest_set_docker(struct layout *l, const json_t *list, struct manifest_set *m) MUST_CHECK;
/* The images of all parts under one index, then what is attached to them. names: what
 * each part is called in an error. */
struct err *manifest_set_join(const struct manifest_set *parts, const char *const *names, size_t count,
			      struct manifest_set *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Declarations shared by the files of manifest_set. */
#pragma once
#include <jansson.h>

#include "registry/manifest_set.h"

/* Adds a blob unless it is there already. */
void manifest_set_add_blob(struct manifest_set *m, const struct layout *l, const char *member,
			   const struct digest *d, uint64_t size_bytes);
size_t manifest_set_add_document(struct manifest_set *m, const struct manifest_document *d);
/* Makes the whole set of a docker archive from its manifest.json, parsed. */
struct err *manifest_set_docker(struct layout *l, const json_t *list, struct manifest_set *m) MUST_CHECK;
/* Joins the images of all parts under one index, then adds what is attached to them. names: what to call each
 * part in an error. */
struct err *manifest_set_join(const struct manifest_set *parts, const char *const *names, size_t count,
			      struct manifest_set *ret) MUST_CHECK;

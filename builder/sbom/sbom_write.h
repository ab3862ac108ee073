/* SPDX-License-Identifier: MIT */
/* Helpers shared by both formats of a bill of materials. */
#pragma once
#include <jansson.h>

#include "sbom/sbom.h"

#define SBOM_WORD 64u

/* "debian-12": identifies a part within one document. */
const char *sbom_write_name(const struct sbom *s, size_t part, char buf[static SBOM_WORD]);
/* A UUID (RFC 9562, version 8) derived from the image, the format and the version of mkbench. */
const char *sbom_write_uuid(const struct sbom *s, const char *format, char buf[static SBOM_WORD]);
/* "2026-11-28T02:53:00Z" */
const char *sbom_write_time(const struct sbom *s, char buf[static SBOM_WORD]);
/* The image's own purl, the caller's to free. */
char *sbom_write_purl(const struct sbom *s);
/* Calls take for each part that part depends on by its Depends field, in the field's order; for alternatives,
 * with all of them. */
void sbom_write_depends(const struct sbom *s, size_t part, void (*take)(void *arg, size_t other), void *arg);

json_t *sbom_spdx(const struct sbom *s);
json_t *sbom_cyclonedx(const struct sbom *s);

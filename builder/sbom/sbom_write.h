/* SPDX-License-Identifier: MIT */
/* What both formats of a bill of materials say in the same way. */
#pragma once
#include <jansson.h>

#include "sbom/sbom.h"

#define SBOM_WORD 64u

/* "debian-12": names a part within one document. */
const char *sbom_write_name(const struct sbom *s, size_t part, char buf[static SBOM_WORD]);
/* A UUID (RFC 9562, version 8) that follows from the image, the format and the version of mkbench. */
const char *sbom_write_uuid(const struct sbom *s, const char *format, char buf[static SBOM_WORD]);
/* "2026-11-28T02:53:00Z" */
const char *sbom_write_time(const struct sbom *s, char buf[static SBOM_WORD]);
/* The image's own purl, the caller's to free. */
char *sbom_write_purl(const struct sbom *s);
/* Calls take with each part that part needs by its Depends field, in the field's order; what
 * alternatives there are, all of them. */
void sbom_write_depends(const struct sbom *s, size_t part, void (*take)(void *arg, size_t other), void *arg);

json_t *sbom_spdx(const struct sbom *s);
json_t *sbom_cyclonedx(const struct sbom *s);

/* SPDX-License-Identifier: MIT */
/* Writes package URLs (purl-spec), by which all tools name a package. Pure. */
#pragma once
#include "base/text.h"

struct purl_qualifier {
	const char *key, *value; /* value NULL or "": left out */
};

/* pkg:TYPE/SPACE/NAME@VERSION?KEY=VALUE; space and version may be NULL. Qualifiers are sorted by key; a NULL
 * key ends them; NULL: none. The caller's to free. */
char *purl_new(const char *type, const char *space, const char *name, const char *version,
	       const struct purl_qualifier *qualifiers);
/* A Python name in its normal form: "Foo_Bar" becomes "foo-bar". The caller's to free. */
char *purl_python_name(const char *name);

/* SPDX-License-Identifier: MIT */
/* Package URLs (purl-spec): how programs of all makers name a package. Pure. */
#pragma once
#include "base/text.h"

struct purl_qualifier {
	const char *key, *value; /* value NULL or "": left out */
};

/* pkg:TYPE/SPACE/NAME@VERSION?KEY=VALUE; space and version may be NULL. Qualifiers in the order of their
 * keys, key NULL ends them; NULL: none. The caller's to free. */
char *purl_new(const char *type, const char *space, const char *name, const char *version,
	       const struct purl_qualifier *qualifiers);
/* A Python name in the one form that it has there: "Foo_Bar" is "foo-bar". The caller's to free. */
char *purl_python_name(const char *name);

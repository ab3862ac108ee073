/* Which framework a recipe means. */
#pragma once
#include "service/manifest.h"

/* Reads the framework that the recipe names, by name or by path, or with "auto" the one that recognises the first
 * app: by its name and its ref, or for a local folder by what its files say. ERR_RECIPE when
 * there is none, more than one, or the recipe does not suit it. */
struct err *framework_read(struct arena *a, const char *share, const struct recipe *r, struct manifest *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Prebaked sites of two images of one recipe: a MariaDB folder is never the same bytes twice, so they
 * are compared by what they hold. */
#pragma once
#include "base/text.h"
#include "report/contents.h"

/* Whether both have the same sites, with the same tables, columns, keys and numbers of rows, the same names,
 * modes and owners of all files, and the same bytes of the sites' own. Adds a line for each thing that
 * differs, or one that says what was compared. */
bool sites_alike(const struct contents *a, const struct contents *b, struct text *says);

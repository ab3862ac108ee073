/* SPDX-License-Identifier: MIT */
/* Compares the prebaked sites of two images of one recipe by content, because two MariaDB folders never have
 * the same bytes. */
#pragma once
#include "base/text.h"
#include "report/contents.h"

/* Whether both have the same sites, with the same tables, columns, keys and row counts, the same names, modes
 * and owners of all files, and the same bytes of the sites' own files. Adds a line for each difference, or
 * one that says what was compared. */
bool sites_alike(const struct contents *a, const struct contents *b, struct text *says);

/* SPDX-License-Identifier: MIT */
/* Finds Python packages (METADATA or PKG-INFO), Node modules (package.json below a node_modules) and a
 * bench's apps (bench.json). */
#pragma once
#include "report/contents.h"

/* Adds those in the tree to packages, unordered. */
void contents_modules(struct contents *c);

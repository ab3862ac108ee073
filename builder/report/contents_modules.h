/* SPDX-License-Identifier: MIT */
/* Python packages (their METADATA or PKG-INFO), modules of Node (package.json below a node_modules)
 * and a bench's apps (bench.json). */
#pragma once
#include "report/contents.h"

/* Adds what the tree has of them to packages, in no order. */
void contents_modules(struct contents *c);

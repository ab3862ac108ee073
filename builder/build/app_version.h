/* SPDX-License-Identifier: MIT */
/* An app's version, as its source says it in a place where people look: read as text, never run. */
#pragma once
#include "build/build_context.h"

/* "1.4.0", of letters, digits and ".+!_-", at most 64; the first of pyproject.toml ([project],
 * [tool.poetry]), APP/__init__.py (__version__), setup.cfg ([metadata]), setup.py (version=) and package.json
 * that has one. NULL: none does. The caller's. */
struct err *app_version(const struct build_context *j, size_t app, char **ret) MUST_CHECK;

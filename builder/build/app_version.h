/* SPDX-License-Identifier: MIT */
/* Finds an app's version in its source by reading text, without running it. */
#pragma once
#include "build/build_context.h"

/* "1.4.0": letters, digits and ".+!_-", at most 64. Taken from the first that has one of pyproject.toml
 * ([project], [tool.poetry]), APP/__init__.py (__version__), setup.cfg ([metadata]), setup.py (version=) and
 * package.json. NULL if none has. The caller's to free. */
struct err *app_version(const struct build_context *j, size_t app, char **ret) MUST_CHECK;

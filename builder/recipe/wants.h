/* SPDX-License-Identifier: MIT */
/* Compares a version with an app's requirement, as Python and Node packages write it. */
#pragma once
#include <stdbool.h>

/* PEP 440: ">=3.10,<3.13", "~=3.11", "==3.12.*". A requirement that cannot be parsed counts as met. */
bool wants_python(const char *specifiers, const char *version);
/* npm's ranges: ">=18", "^18 || ^20", "18.x", ">=14 <20", "14 - 18". A range that cannot be parsed counts as
 * met. */
bool wants_node(const char *range, const char *version);

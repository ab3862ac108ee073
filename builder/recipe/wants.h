/* SPDX-License-Identifier: MIT */
/* Versions that an app asks for, as Python and as Node packages write them. */
#pragma once
#include <stdbool.h>

/* PEP 440: ">=3.10,<3.13", "~=3.11", "==3.12.*". What cannot be read counts as met. */
bool wants_python(const char *specifiers, const char *version);
/* As npm reads ranges: ">=18", "^18 || ^20", "18.x", ">=14 <20", "14 - 18". What
 * cannot be read counts as met. */
bool wants_node(const char *range, const char *version);

/* SPDX-License-Identifier: MIT */
/* Compares numeric versions of apps. */
#pragma once
#include <stdbool.h>

/* Whether one is older than the other: "1.9" is below "1.10" and "v2.0". NULL or a version that is not a
 * number, such as "main" or "16.0.0-dev", is never below anything, and nothing is below it. */
bool version_order_is_below(const char *one, const char *other);

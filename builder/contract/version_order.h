/* SPDX-License-Identifier: MIT */
/* Versions of apps that are numbers, in their order. */
#pragma once
#include <stdbool.h>

/* "1.9" is below "1.10" and "v2.0"; what is NULL or no number, such as "main" or "16.0.0-dev", is below
 * nothing, and nothing below it. */
bool version_order_is_below(const char *one, const char *other);

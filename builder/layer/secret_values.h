/* SPDX-License-Identifier: MIT */
/* Finds secrets by the names of what they are the values of, and in addresses. Pure. */
#pragma once
#include "layer/secret_patterns.h"

/* The first value whose name matches the rule; bytes ends with a NUL at len. */
bool secret_values_by_name(const struct audit_value *rule, const char *bytes, size_t len,
			   struct secret_patterns *ret);
/* A URL with a password, an http URL with any user, or a package manager's token. */
bool secret_values_in_url(const char *bytes, size_t len, struct secret_patterns *ret);

/* SPDX-License-Identifier: MIT */
/* Secrets that their form or their name betrays, in bytes of any kind. Pure. */
#pragma once
#include "service/audit_rules.h"

struct secret_set; /* the rules, made ready */
struct secret_set *secret_patterns_set(const struct audit_rules *r);
void secret_patterns_set_done(struct secret_set *s);

struct secret_patterns {
	const char *kind; /* of the rules */
	size_t at;	  /* where it is */
};

/* No token, and no header of a private key with what makes it one, is longer. */
#define SECRET_PATTERNS_REACH 512

/* The first token or private key (a PEM block with a body) that begins before until; len goes
 * SECRET_PATTERNS_REACH beyond where there is more. */
bool secret_patterns_by_form(const struct secret_set *s, const char *bytes, size_t until, size_t len,
			     struct secret_patterns *ret);
/* The first value of a name that the rule has; bytes ends with a NUL at len. */
bool secret_patterns_by_name(const struct audit_value *rule, const char *bytes, size_t len,
			     struct secret_patterns *ret);
/* A URL with a password, or any user of an http URL, or a package manager's token. */
bool secret_patterns_in_url(const char *bytes, size_t len, struct secret_patterns *ret);

/* SPDX-License-Identifier: MIT */
/* Finds secrets by their form, in any bytes. Pure. */
#pragma once
#include "service/audit_rules.h"

struct secret_set; /* the compiled rules */
struct secret_set *secret_patterns_set(const struct audit_rules *r);
void secret_patterns_set_done(struct secret_set *s);

struct secret_patterns {
	const char *kind; /* of the rules */
	size_t at;	  /* its offset */
};

/* The longest token, or header of a private key with enough of its body to be one. */
#define SECRET_PATTERNS_REACH 512

/* The first token or private key (a PEM block with a body) that begins before until. If there are more bytes,
 * len extends SECRET_PATTERNS_REACH beyond until. */
bool secret_patterns_by_form(const struct secret_set *s, const char *bytes, size_t until, size_t len,
			     struct secret_patterns *ret);
/* Parses a set such as A-Za-z; set has 256 elements. */
void secret_patterns_letters(bool *set, const char *spec);

/* SPDX-License-Identifier: MIT */
/* Parses a server's login challenge: the header WWW-Authenticate (RFC 9110, 11.6.1). */
#pragma once
#include "base/err.h"

enum challenge_scheme { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
	enum challenge_scheme scheme;
	char *realm, *service, *error; /* of a bearer challenge; NULL: not given */
};

/* A header may hold several challenges, and an answer several headers: a bearer challenge is preferred to a
 * basic one. ret must be zeroed before the first. */
void challenge_read(const char *header, struct challenge *ret);
void challenge_done(struct challenge *c);

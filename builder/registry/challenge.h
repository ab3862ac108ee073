/* SPDX-License-Identifier: MIT */
/* What a server wants to see before it answers: the header WWW-Authenticate (RFC 9110, 11.6.1). */
#pragma once
#include "base/err.h"

enum challenge_scheme { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
	enum challenge_scheme scheme;
	char *realm, *service, *error; /* of a bearer; NULL: not said */
};

/* One header may hold several challenges, and an answer several headers: a bearer's is kept over a
 * basic one. ret was zeroed first. */
void challenge_read(const char *header, struct challenge *ret);
void challenge_done(struct challenge *c);

/* SPDX-License-Identifier: MIT */
/* What registry.c and its neighbours share. */
#pragma once
#include "registry/registry.h"

struct registry {
	const struct reference *where;
	struct progress *progress;
	const char *const *also_read;
	struct credentials login;
	CURL *easy;
	char *base;	   /* "https://HOST" */
	bool plain;	   /* http was allowed or found */
	bool http_allowed; /* to other hosts, too */
	enum challenge_scheme scheme;
	char *token; /* of a bearer */
};

/* Answers a challenge: the next requests carry what it asks for. */
struct err *registry_login(struct registry *r, const struct challenge *c) MUST_CHECK;
/* What goes into the header Authorization for this URL, the caller's; NULL: nothing. */
char *registry_login_header(const struct registry *r, const char *url);
/* Whether this URL may be told anything that is not for all eyes. */
bool registry_login_safe(const struct registry *r, const char *url);
/* The registry has no room for what it is sent. */
bool registry_refusal_is_full(const struct exchange_answer *a);

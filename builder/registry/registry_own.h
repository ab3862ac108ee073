/* SPDX-License-Identifier: MIT */
/* Declarations shared by registry.c and its neighbours. */
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
	char *token; /* bearer token */
};

/* Answers a challenge: the next requests carry the login. */
struct err *registry_login(struct registry *r, const struct challenge *c) MUST_CHECK;
/* The value of the header Authorization for this URL, the caller's to free; NULL: none. */
char *registry_login_header(const struct registry *r, const char *url);
/* Whether credentials and private data may be sent to this URL. */
bool registry_login_safe(const struct registry *r, const char *url);
/* Whether the registry reports that it has no space left. */
bool registry_refusal_is_full(const struct exchange_answer *a);

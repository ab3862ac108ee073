/* SPDX-License-Identifier: MIT */
/* One request to a registry and its answer, by libcurl. No retry and no login: registry.h has these. */
#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "registry/challenge.h"

#define EXCHANGE_TEXT_LIMIT (4u << 20) /* of an answer's body: more is an error */

struct exchange_request {
	const char *method, *url;		   /* the whole URL */
	const char *authorization;		   /* the header's whole value, or NULL */
	const char *accept, *type, *content_range; /* headers, or NULL */
	const char *bytes;			   /* a body in memory, or NULL */
	/* or in a file from offset on: size bytes; with neither there is none */
	int fd;
	uint64_t offset, size_bytes;
	bool has_body;
	bool secure;				 /* redirects may lead to https alone */
	bool direct;				 /* no proxy */
	bool slow_answer;			 /* the server may think for long before it answers */
	void (*sent)(void *arg, uint64_t bytes); /* of the body, so far; or NULL */
	void *arg;
};

struct exchange_answer {
	long status; /* 0: there was no whole answer, problem says why */
	CURLcode code;
	char *problem;
	char *url;					       /* that answered, after redirects */
	char *location, *range, *digest, *subject, *min_chunk; /* headers, or NULL */
	struct challenge challenge;
	long retry_after_seconds; /* 0: not said */
	struct text body;
};

/* Always fills ret, which is the caller's to end. easy keeps its connections from call to call. */
void exchange_run(CURL *easy, const struct exchange_request *q, struct exchange_answer *ret);
void exchange_done(struct exchange_answer *a); /* one that is all zero is fine */
#define AUTO_ANSWER __attribute__((cleanup(exchange_done)))

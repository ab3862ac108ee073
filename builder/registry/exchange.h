/* SPDX-License-Identifier: MIT */
/* Sends one request to a registry and reads its answer, by libcurl. Retries and login are registry.h's. */
#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "registry/challenge.h"

#define EXCHANGE_TEXT_LIMIT (4u << 20) /* for an answer's body: more is an error */

struct exchange_request {
	const char *method, *url;		   /* the whole URL */
	const char *authorization;		   /* the header's whole value, or NULL */
	const char *accept, *type, *content_range; /* headers, or NULL */
	const char *bytes;			   /* a body in memory, or NULL */
	/* or in a file: size bytes from offset; with neither there is no body */
	int fd;
	uint64_t offset, size_bytes;
	bool has_body;
	bool secure;				 /* redirects may lead to https only */
	bool direct;				 /* no proxy */
	bool slow_answer;			 /* the server may take long before it answers */
	void (*sent)(void *arg, uint64_t bytes); /* called with the bytes of the body sent so far; or NULL */
	void *arg;
};

struct exchange_answer {
	long status; /* 0: there was no complete answer; problem says why */
	CURLcode code;
	char *problem;
	char *url;					       /* the URL that answered, after redirects */
	char *location, *range, *digest, *subject, *min_chunk; /* headers, or NULL */
	struct challenge challenge;
	long retry_after_seconds; /* 0: not given */
	struct text body;
};

/* Always fills ret; the caller ends it with exchange_done. easy keeps its connections between calls. */
void exchange_run(CURL *easy, const struct exchange_request *q, struct exchange_answer *ret);
void exchange_done(struct exchange_answer *a); /* an all-zero struct is allowed */
#define AUTO_ANSWER __attribute__((cleanup(exchange_done)))

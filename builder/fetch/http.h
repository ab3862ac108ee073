/* SPDX-License-Identifier: MIT */
/* Downloads: many at once (curl multi), resumed, retried, from one mirror after
 * another; into the store, verified by size and SHA-256 before they count.
 *
 * A transfer that is slower than pace.h allows is broken off and tried elsewhere. A broken transfer goes
 * on where it stopped, on another mirror too. What one mirror is sure not to have is
 * not asked of it again; everything else is tried HTTP_ATTEMPTS times, with growing pauses.
 *
 * Proxies come from the environment as curl reads it (https_proxy, no_proxy ...), the CA bundle from
 * CURL_CA_BUNDLE or SSL_CERT_FILE, folders of CAs from SSL_CERT_DIR. */
#pragma once
#include <stdbool.h>

#include "base/progress.h"
#include "store/store.h"

#define HTTP_ATTEMPTS 5
#define HTTP_LIMIT (4ull << 30) /* of a download whose size nobody promised */

struct proxies;

struct want {
	const char *what;	 /* for people: "mariadb-server 1:10.11.6-0+deb12u1" */
	const char *const *urls; /* tried in order, NULL-terminated; http, https, and file with local */
	struct digest sha256;	 /* zero: any bytes (small texts that are verified later) */
	uint64_t size_bytes;	 /* 0: unknown, */
	uint64_t limit_bytes;	 /* then no more than this; 0: HTTP_LIMIT */
	/* which proxy an archive is asked through (proxy.h); NULL: as the environment says */
	struct proxies *proxies;
	bool local;		 /* file:// URLs are meant: only for archives that a person named */
	const char *absent_hint; /* what to do when every URL says "not found"; or NULL */
	/* every URL clearly says "not found": no error, arrived gets a NULL digest */
	bool optional;
	/* NULL, or called once it is in the store, from the fetching thread; url is the one
	 * that had it, NULL when it was in the store before. */
	void (*arrived)(void *arg, const struct digest *d, const char *url);
	void *arg;
};

/* Everything wanted ends in the store, or ERR_FETCH names the first thing that cannot be had,
 * with each mirror's answer. What arrived before an error stays in the store. Downloads
 * begin in the order of wants; the caller has begun the stage, in bytes; p may be NULL. */
struct err *http_fetch(struct store *s, const struct want *wants, size_t count,
		       struct progress *p) MUST_CHECK;

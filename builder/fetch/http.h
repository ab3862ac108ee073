/* SPDX-License-Identifier: MIT */
/* Downloads into the store: many at once (curl multi), resumed, retried and taken from several mirrors. Size
 * and SHA-256 are verified before a download counts.
 *
 * A transfer slower than pace.h allows is aborted and tried elsewhere. An interrupted transfer is resumed
 * where it stopped, also on another mirror. A mirror that surely lacks a file is not asked for it again;
 * everything else is tried HTTP_ATTEMPTS times, with growing pauses.
 *
 * Proxies come from the environment as curl reads it (https_proxy, no_proxy ...), the CA bundle from
 * CURL_CA_BUNDLE or SSL_CERT_FILE, folders of CAs from SSL_CERT_DIR. */
#pragma once
#include <stdbool.h>

#include "base/progress.h"
#include "store/store.h"

#define HTTP_ATTEMPTS 5
#define HTTP_LIMIT (4ull << 30) /* for a download of unknown size */

struct proxies;

struct want {
	const char *what;	 /* for people: "mariadb-server 1:10.11.6-0+deb12u1" */
	const char *const *urls; /* tried in order, NULL-terminated; http, https, and file if local is set */
	struct digest sha256;	 /* zero: any bytes (small texts that are verified later) */
	uint64_t size_bytes;	 /* 0: unknown, */
	uint64_t limit_bytes;	 /* then at most this; 0: HTTP_LIMIT */
	/* the proxies for an archive (proxy.h); NULL: from the environment */
	struct proxies *proxies;
	bool local;		 /* file:// URLs are allowed: only for archives that a person named */
	const char *absent_hint; /* what to do if every URL says "not found"; or NULL */
	/* if every URL clearly says "not found", that is no error: arrived gets a NULL digest */
	bool optional;
	/* NULL, or called from the fetching thread once it is in the store; url is where it came from, NULL
	 * if the store had it before. */
	void (*arrived)(void *arg, const struct digest *d, const char *url);
	void *arg;
};

/* Brings all wants into the store, or ERR_FETCH names the first that could not be fetched, with each mirror's
 * answer. Downloads that arrived before an error stay in the store. They begin in the order of wants. The
 * caller has begun the progress stage, in bytes; p may be NULL. */
struct err *http_fetch(struct store *s, const struct want *wants, size_t count,
		       struct progress *p) MUST_CHECK;

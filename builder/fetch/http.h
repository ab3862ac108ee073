/* Downloads: many at once (curl multi), resumed, retried, from one mirror after
 * another; into the store, verified by size and SHA-256 before they count. The
 * environment's proxy and CA bundle (SSL_CERT_FILE, CURL_CA_BUNDLE) are honoured. */
#pragma once
#include "base/progress.h"
#include "store/store.h"

struct want {
	const char *what;            /* for people: "mariadb-server 1:10.11.6-0+deb12u1" */
	const char *const *urls;     /* tried in order, NULL-terminated */
	struct digest sha256;        /* zero: any bytes (small unverified texts only) */
	uint64_t size_bytes;         /* 0: unknown */
	void (*arrived)(void *arg, const struct digest *d); /* or NULL: called once it is in the store, from the fetching thread */
	void *arg;
};

/* Everything wanted ends in the store, or ERR_FETCH names the first thing that cannot be had,
 * with each mirror's answer. What arrived before an error stays in the store. */
struct err *http_fetch(struct store *s, const struct want *wants, size_t count, struct progress *p) MUST_CHECK;

/* One text of at most limit bytes in memory (InRelease). */
struct err *http_text(const char *const *urls, size_t limit, char **ret_bytes, size_t *ret_len, const char **ret_url) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* A client for one repository of a registry: the OCI distribution protocol (distribution-spec 1.1) with login
 * by bearer token or name and password, retries with growing pauses, and readable errors. Single-threaded.
 *
 * Uses https only, except for this machine, where http is tried first, and where the caller allows http.
 * Credentials are sent only to the registry itself and the token service that it names, and appear in no
 * message. */
#pragma once
#include <jansson.h>

#include "base/err.h"
#include "base/progress.h"
#include "registry/credentials.h"
#include "registry/exchange.h"
#include "registry/reference.h"

#define REGISTRY_ATTEMPTS 5u

struct registry;

struct registry_options {
	bool plain_http; /* http only, for any host */
	/* repositories that blobs may be mounted from, NULL-terminated; or NULL */
	const char *const *also_read;
	struct progress *progress; /* shows pauses; or NULL */
};

/* Finds out how to talk to the host, and logs in. The reference and also_read must outlive it; takes
 * ownership of the credentials. ERR_FETCH with one line that says what to do. */
struct err *registry_open(const struct reference *where, const struct registry_options *o,
			  struct credentials *login, struct registry **ret) MUST_CHECK;
void registry_close(struct registry *r); /* NULL is fine */

/* "https://HOST/v2/NAME" and the rest; the caller's to free. */
char *registry_url(const struct registry *r, const char *rest);
/* The absolute URL of an answer's Location; the caller's to free. ERR_FETCH if it is missing or unsafe. */
struct err *registry_location(const struct registry *r, const struct exchange_answer *a,
			      char **ret) MUST_CHECK;

/* Sends one request; renews the login once if the registry demands it. The caller ends the answer, whatever
 * its status. */
struct err *registry_ask_once(struct registry *r, struct exchange_request *q,
			      struct exchange_answer *ret) MUST_CHECK;
/* The same, repeated after pauses while that may help. */
struct err *registry_ask(struct registry *r, struct exchange_request *q,
			 struct exchange_answer *ret) MUST_CHECK;
/* Puts a manifest at a name, "/manifests/" with a tag or a digest, replacing any other; what as in
 * registry_refusal. The caller ends the answer, which is a success if the result is. */
struct err *registry_put_manifest(struct registry *r, const char *rest, const char *type, const char *bytes,
				  size_t len, const char *what, struct exchange_answer *ret) MUST_CHECK;
/* The same for a JSON value; returns no answer. */
struct err *registry_put_json(struct registry *r, const char *rest, const char *type, const json_t *manifest,
			      const char *what) MUST_CHECK;
/* The manifest of that name, the caller's to release; NULL: there is none, or it is not JSON. */
struct err *registry_get_json(struct registry *r, const char *rest, const char *accept, const char *what,
			      json_t **ret) MUST_CHECK;

/* Waits before the next attempt after this answer. False: a retry is pointless, or round has reached
 * REGISTRY_ATTEMPTS. */
bool registry_pause(struct registry *r, const struct exchange_answer *a, unsigned *round);
/* Turns an unsuccessful answer into an error; what: "push the layer sha256:12ab…". */
struct err *registry_refusal(const struct registry *r, const struct exchange_answer *a,
			     const char *what) MUST_CHECK NEVER_NULL;

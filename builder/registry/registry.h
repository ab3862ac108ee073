/* SPDX-License-Identifier: MIT */
/* A repository of a registry, as one talks to it: the OCI distribution protocol (distribution-spec
 * 1.1) with a login by bearer token or name and password, retries with growing pauses, and its
 * refusals in words. One thread.
 *
 * https alone, but for this machine itself, which is asked by http first, and where the caller
 * allows http. A login goes to nobody but the registry itself and the token service that it
 * names, and stands in no message. */
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
	bool plain_http; /* http alone, whatever the host */
	/* repositories that blobs may be mounted from, NULL-terminated; or NULL */
	const char *const *also_read;
	struct progress *progress; /* is told of pauses; or NULL */
};

/* Finds out how the host is spoken to, and logs in. The reference and also_read outlive it; the credentials
 * are taken over. ERR_FETCH with one line that says what to do. */
struct err *registry_open(const struct reference *where, const struct registry_options *o,
			  struct credentials *login, struct registry **ret) MUST_CHECK;
void registry_close(struct registry *r); /* NULL is fine */

/* "https://HOST/v2/NAME" and the rest; the caller's. */
char *registry_url(const struct registry *r, const char *rest);
/* Where an answer leads to, whole; the caller's. ERR_FETCH when it names nothing, or
 * a place that is not safe. */
struct err *registry_location(const struct registry *r, const struct exchange_answer *a,
			      char **ret) MUST_CHECK;

/* One request, its login renewed once when that is asked for. The answer is the
 * caller's to end, whatever its status. */
struct err *registry_ask_once(struct registry *r, struct exchange_request *q,
			      struct exchange_answer *ret) MUST_CHECK;
/* The same, again after a pause while there is hope. */
struct err *registry_ask(struct registry *r, struct exchange_request *q,
			 struct exchange_answer *ret) MUST_CHECK;
/* Puts a manifest at a name, "/manifests/" with a tag or a digest, whatever was there; what as of
 * registry_refusal. The answer is the caller's to end, and a success when this is. */
struct err *registry_put_manifest(struct registry *r, const char *rest, const char *type, const char *bytes,
				  size_t len, const char *what, struct exchange_answer *ret) MUST_CHECK;
/* The same of a JSON value, whose answer says nothing. */
struct err *registry_put_json(struct registry *r, const char *rest, const char *type, const json_t *manifest,
			      const char *what) MUST_CHECK;
/* The manifest of that name, the caller's; NULL: there is none, or what is there is not JSON. */
struct err *registry_get_json(struct registry *r, const char *rest, const char *accept, const char *what,
			      json_t **ret) MUST_CHECK;

/* Waits before another try of what was answered so. False: it would be pointless, or round
 * has reached REGISTRY_ATTEMPTS. */
bool registry_pause(struct registry *r, const struct exchange_answer *a, unsigned *round);
/* What an answer means that is no success; what: "push the layer sha256:12ab…". */
struct err *registry_refusal(const struct registry *r, const struct exchange_answer *a,
			     const char *what) MUST_CHECK NEVER_NULL;

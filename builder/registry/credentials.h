/* SPDX-License-Identifier: MIT */
/* What opens a registry, from where docker and podman keep it: $REGISTRY_AUTH_FILE,
 * $DOCKER_CONFIG/config.json or ~/.docker/config.json, $XDG_RUNTIME_DIR/containers/auth.json, and the
 * credential helpers that these name (docker-credential-NAME, asked by "get" with the host on its standard
 * input). The first that knows the host counts. */
#pragma once
#include "base/err.h"

struct credentials {
	char *user, *password; /* or NULL, both */
	char *identity;	       /* a refresh token of OAuth 2 in their place, or NULL */
	char *token;	       /* a bearer token that is ready, or NULL */
	/* where they are from, for people; NULL: nobody knows the host, which is asked without a name */
	char *from;
};

/* name is the repository: podman keeps accounts of a part of a registry, too. ERR_USAGE when a file is no
 * JSON, a helper is missing or fails. ret is the caller's to end with credentials_done in any case. */
struct err *credentials_find(const char *host, const char *name, struct credentials *ret) MUST_CHECK;
/* The password is a file's first line; "-" is standard input. */
struct err *credentials_given(const char *user, const char *password_file,
			      struct credentials *ret) MUST_CHECK;
void credentials_done(struct credentials *c); /* and wipes them */
/* "dXNlcjpwYXNzd29yZA==", the caller's to free. */
char *credentials_basic(const struct credentials *c);

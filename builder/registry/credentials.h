/* SPDX-License-Identifier: MIT */
/* Finds the credentials for a registry where docker and podman keep them: $REGISTRY_AUTH_FILE,
 * $DOCKER_CONFIG/config.json or ~/.docker/config.json, $XDG_RUNTIME_DIR/containers/auth.json, and the
 * credential helpers named there (docker-credential-NAME, called with "get" and the host on standard input).
 * The first source that knows the host is used. */
#pragma once
#include "base/err.h"

struct credentials {
	char *user, *password; /* both, or both NULL */
	char *identity;	       /* an OAuth 2 refresh token instead of these, or NULL */
	char *token;	       /* a bearer token ready for use, or NULL */
	/* their source, for people; NULL: no source knows the host, so access is anonymous */
	char *from;
};

/* name is the repository, because podman can also have accounts for part of a registry. ERR_USAGE if a file
 * is not JSON, or a helper is missing or fails. The caller ends ret with credentials_done in any case. */
struct err *credentials_find(const char *host, const char *name, struct credentials *ret) MUST_CHECK;
/* Takes the password from a file's first line; "-" is standard input. */
struct err *credentials_given(const char *user, const char *password_file,
			      struct credentials *ret) MUST_CHECK;
void credentials_done(struct credentials *c); /* wipes them, too */
/* "dXNlcjpwYXNzd29yZA==", the caller's to free. */
char *credentials_basic(const struct credentials *c);

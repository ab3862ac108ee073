/* SPDX-License-Identifier: MIT */
/* Reads the package indexes that the builder's user configured, in variables and in the files of pip and npm,
 * with their logins. The gate (sandbox_gate.h) uses the logins; a step gets the same settings without
 * passwords and tokens. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct sandbox_index {
	char *host; /* with its port unless that is the scheme's default */
	bool tls;
	char *header; /* "Authorization: ...", or NULL: no login */
};

struct sandbox_login {
	struct sandbox_index *items;
	size_t count, room;
};

/* Reads environment and files; never fails: unreadable files count as missing. */
void sandbox_login_read(struct sandbox_login *ret);
void sandbox_login_done(struct sandbox_login *l);
/* Finds an index by host and port, as written in a URL of that scheme; or NULL. */
const struct sandbox_index *sandbox_login_find(const struct sandbox_login *l, const char *host, bool tls);

/* Removes secrets from settings, or from an index's answer; the result is the caller's to free. Lines of
 * npm's settings that hold a secret are dropped, and user and password are removed from URLs. URLs of hosts
 * with a login become http://, which the gate turns back into https://. */
char *sandbox_login_strip(const struct sandbox_login *l, const char *text, bool settings);

/* The variables that name an index; NULL-terminated, without "=". */
extern const char *const sandbox_login_variables[];
/* The text of a file, in the order of struct sandbox_settings; the caller's to free, or NULL. */
char *sandbox_login_file(size_t i);

/* SPDX-License-Identifier: MIT */
/* The package indexes that the person who builds has named, in variables and in the files of pip and npm,
 * and how one logs in there. The gate (sandbox_gate.h) knows it; a step is given the same settings
 * without a password or a token. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct sandbox_index {
	char *host; /* with its port unless that is the scheme's */
	bool tls;
	char *header; /* "Authorization: ...", or NULL: nobody has to log in */
};

struct sandbox_login {
	struct sandbox_index *items;
	size_t count, room;
};

/* Reads environment and files; never fails: what cannot be read is not there. */
void sandbox_login_read(struct sandbox_login *ret);
void sandbox_login_done(struct sandbox_login *l);
/* By host and port as they stand in a URL of that scheme, or NULL. */
const struct sandbox_index *sandbox_login_find(const struct sandbox_login *l, const char *host, bool tls);

/* A text of settings, or else an answer, without secrets, the caller's: lines of npm's settings that hold one
 * are left out, user and password go from URLs, and who has to log in at a host asks it by http://, which is
 * the gate's to make https:// again. */
char *sandbox_login_strip(const struct sandbox_login *l, const char *text, bool settings);

/* The variables that name an index; NULL-terminated, without "=". */
extern const char *const sandbox_login_variables[];
/* The files, in the order of struct sandbox_settings: their text, the caller's, or NULL. */
char *sandbox_login_file(size_t i);

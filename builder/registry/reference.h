/* SPDX-License-Identifier: MIT */
/* Parses an image reference as docker writes it: "registry.example:5000/team/demo:1.0". */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct reference {
	char *host; /* with its port, as written */
	char *name; /* the repository, "team/demo" */
	char *tag;
	bool loopback; /* the host is this machine: localhost, 127.0.0.0/8, ::1 */
};

/* tag is the default. ERR_USAGE says what is wrong; it never repeats a text that holds a password. The caller
 * ends ret with reference_done in any case. */
struct err *reference_parse(const char *text, const char *tag, struct reference *ret) MUST_CHECK;
void reference_done(struct reference *r);
#define AUTO_REFERENCE __attribute__((cleanup(reference_done)))
/* Whether "host:port", or the part before a URL's path, is this machine. */
bool reference_is_loopback(const char *host);
bool reference_is_tag(const char *text);

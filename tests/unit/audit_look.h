/* SPDX-License-Identifier: MIT */
/* What the audit says of one file of a layer. */
#pragma once
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "layer/audit.h"
#include "says.h"

static inline void add(struct tree *t, const char *path, const char *bytes)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = strlen(bytes),
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

static struct audit_rules rules;
static struct recipe recipe = { .name = "test" };

static inline struct err *look(const struct tree *t)
{
	return audit_tree(&(struct audit){ .rules = &rules, .recipe = &recipe }, t, "layer");
}

static inline void passes(const char *path, const char *bytes)
{
	struct tree t = { 0 };

	add(&t, path, bytes);
	ok(fine(look(&t)));
	tree_done(&t);
}

/* why: "", or ":LINE", then ": " and the kind. */
static inline void fails_at(const char *path, const char *bytes, const char *why)
{
	struct tree t = { 0 };
	struct digest d = digest_of(bytes, strlen(bytes));
	char hex[DIGEST_HEX];

	add(&t, "usr/bin/env", "innocent");
	add(&t, path, bytes);
	AUTO_FREE char *want = mem_printf("\n  /%s%s (sha256: %s)", path, why, digest_hex(&d, hex));
	ok(says(look(&t), ERR_BUILD, want));
	tree_done(&t);
}

static inline void fails(const char *path, const char *bytes, const char *why)
{
	AUTO_FREE char *whole = mem_printf(": %s", why);

	fails_at(path, bytes, whole);
}

static inline void fails_in(const char *path, const char *bytes, unsigned line, const char *why)
{
	AUTO_FREE char *whole = mem_printf(":%u: %s", line, why);

	fails_at(path, bytes, whole);
}

#define KEY(label) "x\n-----BEGIN " label "-----\nMIIE\n-----END " label "-----\n"

#define APP "home/frappe/frappe-bench/apps/a/"
#define A36 "abcdefghijklmnopqrstuvwxyz0123456789"

/* SPDX-License-Identifier: MIT */
/* One look at a tree, for the files of the audit alone. */
#pragma once
#include "base/text.h"
#include "layer/audit.h"
#include "layer/entry_bytes.h"
#include "layer/secret_patterns.h"

#define AUDIT_TEXT_LIMIT (4u << 20) /* a file whose values are looked at is not larger */

struct audit_look {
	const struct audit *audit;
	struct secret_set *set;
	struct reach *files;
	char *piece; /* of a file, and SECRET_PATTERNS_REACH bytes more */
	struct audit_memory *memory;
	struct text found, likely;
	size_t count, likely_count;
};

bool audit_matches(const struct list *globs, const char *path);
size_t audit_line(const char *bytes, size_t at); /* in which at is, from 1 */

/* A file has something. line 0: the whole file is meant. within: the file of an archive that it is in, "" for
 * a file that is only compressed, or NULL. */
struct err *audit_report(struct audit_look *l, const struct entry *e, const char *path, const char *within,
			 size_t line, const char *kind) MUST_CHECK;
/* What is no more than likely, or was not looked at: a warning. line as above. */
void audit_warn(struct audit_look *l, const char *path, size_t line, const char *says);
/* Values that their names betray; bytes ends with a NUL at len; as: the path that rules know it by. */
struct err *audit_values(struct audit_look *l, const struct entry *e, const char *path, const char *within,
			 const char *as, const char *bytes, size_t len, bool *ret_found) MUST_CHECK;
/* The same, and all else, of what an archive or a compressed file holds; ret_found: something was reported.
 */
struct err *audit_packed(struct audit_look *l, const struct entry *e, const char *path,
			 bool *ret_found) MUST_CHECK;

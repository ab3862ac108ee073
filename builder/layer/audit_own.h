/* SPDX-License-Identifier: MIT */
/* The state of one audit of a tree, private to the audit's files. */
#pragma once
#include "base/text.h"
#include "layer/audit.h"
#include "layer/entry_bytes.h"
#include "layer/secret_values.h"

#define AUDIT_TEXT_LIMIT (4u << 20) /* files above this size are not searched for values */

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
size_t audit_line(const char *bytes, size_t at); /* the line that holds at, from 1 */

/* Reports a finding in a file. line 0: the whole file. within: the member of an archive that holds it, "" for
 * a file that is only compressed, or NULL. */
struct err *audit_report(struct audit_look *l, const struct entry *e, const char *path, const char *within,
			 size_t line, const char *kind) MUST_CHECK;
/* Warns about something that is only likely, or was not examined. line as above. */
void audit_warn(struct audit_look *l, const char *path, size_t line, const char *says);
/* Finds values by their names; bytes ends with a NUL at len; as: the path that rules match. */
struct err *audit_values(struct audit_look *l, const struct entry *e, const char *path, const char *within,
			 const char *as, const char *bytes, size_t len, bool *ret_found) MUST_CHECK;
/* Audits the content of an archive or a compressed file; ret_found: something was reported. */
struct err *audit_packed(struct audit_look *l, const struct entry *e, const char *path,
			 bool *ret_found) MUST_CHECK;

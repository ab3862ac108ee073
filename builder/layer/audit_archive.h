/* SPDX-License-Identifier: MIT */
/* What is inside a compressed file or an archive of an app: its bytes as they were before, member by member,
 * and the same of archives among these. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* More of one file is not looked at: it may be a bomb. What is unpacked of archives within it counts, too. */
#define AUDIT_ARCHIVE_LIMIT (256u << 20)
/* Archives within archives: an app's .deb has its files three deep when it lies in an archive itself. */
#define AUDIT_ARCHIVE_DEPTH 5

/* Where a file is read from, and whom its members are told. */
struct audit_archive {
	uint64_t size_bytes;
	struct err *(*read)(void *arg, uint64_t offset, void *bytes, size_t len);
	/* A piece of a member, "" for a file that is only compressed; ends: its last one. depth: how many
	 * archives it lies in, less one; member has their names before its own. A member that is an archive
	 * is told piece by piece while those in it are. What it returns false for is over. */
	bool (*take)(void *arg, unsigned depth, const char *member, const char *bytes, size_t len, bool ends);
	void *arg;
};

/* What cannot be read as one is none. ret_left: what was not told, in words, or NULL when all was, or as much
 * as somebody wanted. */
struct err *audit_archive_look(const struct audit_archive *a, const char **ret_left) MUST_CHECK;

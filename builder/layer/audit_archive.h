/* SPDX-License-Identifier: MIT */
/* What is inside a compressed file or an archive of an app: its bytes as they were
 * before, member by member. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* More of one file is not looked at: it may be a bomb. */
#define AUDIT_ARCHIVE_LIMIT (256u << 20)

/* Where a file is read from, and whom its members are told. */
struct audit_archive {
	uint64_t size_bytes;
	struct err *(*read)(void *arg, uint64_t offset, void *bytes, size_t len);
	/* A piece of a member, "" for a file that is only compressed; ends: its last one.
	 * What it returns false for is over. */
	bool (*take)(void *arg, const char *member, const char *bytes, size_t len, bool ends);
	void *arg;
};

/* Whether a file that begins so may be one: gzip, bzip2, xz, zstd or zip. */
bool audit_archive_is_one(const char *bytes, size_t len);
/* What cannot be read as one is none; ret_whole: all of it was told, or as much as somebody wanted. */
struct err *audit_archive_look(const struct audit_archive *a, bool *ret_whole) MUST_CHECK;

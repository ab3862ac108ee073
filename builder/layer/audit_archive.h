/* SPDX-License-Identifier: MIT */
/* Looks inside a compressed file or an archive of an app: the decompressed bytes, member by member, also of
 * nested archives. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Beyond this, a file is not examined further: it may be a zip bomb. Data unpacked from nested archives
 * counts, too. */
#define AUDIT_ARCHIVE_LIMIT (256u << 20)
/* How deep archives may be nested: an app's .deb inside an archive has its files three deep. */
#define AUDIT_ARCHIVE_DEPTH 5

/* The file to read, and the callback for its members. */
struct audit_archive {
	uint64_t size_bytes;
	struct err *(*read)(void *arg, uint64_t offset, void *bytes, size_t len);
	/* Receives a piece of a member; member is "" for a file that is only compressed. ends: this is its
	 * last piece. depth: the number of archives around it, less one; member begins with their names. A
	 * nested archive is passed piece by piece while its own members are. After the result false, a member
	 * is skipped. */
	bool (*take)(void *arg, unsigned depth, const char *member, const char *bytes, size_t len, bool ends);
	void *arg;
};

/* A file that cannot be read as an archive has no members. ret_left: what was not examined, in words; NULL if
 * everything was, or if the callback wanted no more. */
struct err *audit_archive_look(const struct audit_archive *a, const char **ret_left) MUST_CHECK;

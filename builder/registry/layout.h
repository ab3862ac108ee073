/* SPDX-License-Identifier: MIT */
/* The files of an image as they lie there, each reachable from any byte on: an OCI image layout as a folder
 * or as one plain tar, or a docker archive. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct layout_member {
	const char *name;   /* "blobs/sha256/…", without "./" */
	const char *target; /* another member that this one is a link to; NULL: a file */
	uint64_t offset, size_bytes;
};

struct layout {
	struct arena arena;
	char *path; /* absolute */
	/* of FOLDER:TAG: the one of its images that is meant; NULL: nobody has said */
	char *tag;
	int fd; /* of the archive; -1: a folder */
	struct {
		struct layout_member *items;
		size_t count, room;
	} members; /* of the archive */
};

/* ERR_USAGE when it is neither a folder nor a tar, by itself or with :TAG behind it. ret is
 * ended by layout_close in any case. */
struct err *layout_open(const char *path, struct layout *ret) MUST_CHECK;
void layout_close(struct layout *l);
#define AUTO_LAYOUT __attribute__((cleanup(layout_close)))

bool layout_has(const struct layout *l, const char *name);
/* The member is size bytes of a descriptor, the caller's, from offset on. ERR_BUILD when there is none. */
struct err *layout_file(const struct layout *l, const char *name, int *ret_fd, uint64_t *ret_offset,
			uint64_t *ret_size) MUST_CHECK;
/* A whole document of at most 4 MB, NUL-terminated, the caller's; want: the digest
 * that it must have, or NULL. */
struct err *layout_read(const struct layout *l, const char *name, const struct digest *want, char **ret_text,
			size_t *ret_len) MUST_CHECK;
struct err *layout_damaged(const struct layout *l, const char *what) MUST_CHECK NEVER_NULL;

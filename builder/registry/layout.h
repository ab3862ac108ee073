/* SPDX-License-Identifier: MIT */
/* Opens the files of an image, each readable from any offset: an OCI image layout as a folder or as one plain
 * tar, or a docker archive. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct layout_member {
	const char *name;   /* "blobs/sha256/…", without "./" */
	const char *target; /* another member that this one links to; NULL: a file */
	uint64_t offset, size_bytes;
};

struct layout {
	struct arena arena;
	char *path; /* absolute */
	/* for FOLDER:TAG: selects one of its images; NULL: not given */
	char *tag;
	int fd; /* of the archive; -1: a folder */
	struct {
		struct layout_member *items;
		size_t count, room;
	} members; /* of the archive */
};

/* ERR_USAGE if it is neither a folder nor a tar, with or without :TAG. The caller ends ret with layout_close
 * in any case. */
struct err *layout_open(const char *path, struct layout *ret) MUST_CHECK;
void layout_close(struct layout *l);
#define AUTO_LAYOUT __attribute__((cleanup(layout_close)))

bool layout_has(const struct layout *l, const char *name);
/* The member is size bytes of a descriptor, the caller's to close, from offset on. ERR_BUILD if there is
 * none. */
struct err *layout_file(const struct layout *l, const char *name, int *ret_fd, uint64_t *ret_offset,
			uint64_t *ret_size) MUST_CHECK;
/* A whole document of at most 4 MB, NUL-terminated, the caller's to free; want: the digest that it must have,
 * or NULL. */
struct err *layout_read(const struct layout *l, const char *name, const struct digest *want, char **ret_text,
			size_t *ret_len) MUST_CHECK;
struct err *layout_damaged(const struct layout *l, const char *what) MUST_CHECK NEVER_NULL;

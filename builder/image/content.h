/* SPDX-License-Identifier: MIT */
/* The bytes of any file of a tree, wherever they are: in memory, on disk, in a pack. */
#pragma once
#include "image/image.h"

struct content_source {
	const struct content_reader *packs; /* for CONTENT_PACK, or NULL */
	const struct entry *open;	    /* whose file on disk is open as fd */
	int fd;
};

void content_begin(struct content_source *s, const struct content_reader *packs);
/* For struct content_reader. ERR_BUILD when a file on disk is no longer what the tree says. */
struct err *content_read(void *source, const struct entry *e, uint64_t offset, void *bytes,
			 size_t len) MUST_CHECK;
/* The whole content of one entry, the caller's to free; ERR_BUILD above limit. */
struct err *content_all(struct content_source *s, const struct entry *e, size_t limit, void **ret) MUST_CHECK;
void content_end(struct content_source *s);

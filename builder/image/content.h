/* SPDX-License-Identifier: MIT */
/* Reads the content of any file of a tree: in memory, on disk or in a pack. */
#pragma once
#include "image/image.h"

struct content_source {
	const struct content_reader *packs; /* for CONTENT_PACK, or NULL */
	const struct entry *open;	    /* the entry whose file on disk is open as fd */
	int fd;
};

void content_begin(struct content_source *s, const struct content_reader *packs);
/* For struct content_reader. ERR_BUILD if a file on disk no longer matches the tree. */
struct err *content_read(void *source, const struct entry *e, uint64_t offset, void *bytes,
			 size_t len) MUST_CHECK;
/* The whole content of one entry, the caller's to free; ERR_BUILD if it exceeds limit. */
struct err *content_all(struct content_source *s, const struct entry *e, size_t limit, void **ret) MUST_CHECK;
void content_end(struct content_source *s);

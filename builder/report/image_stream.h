/* SPDX-License-Identifier: MIT */
/* Reads one member of an image as a stream of bytes. */
#pragma once
#include "report/image_source.h"

bool image_stream_has(const struct image_source *s, const char *member);
/* Whether it is a tar whose last member is truncated. */
bool image_stream_ends_early(const struct image_source *s);

/* A member's bytes, piece by piece. Several streams of one source may be read, each by its own thread. A
 * member that links to another one, as in older archives, yields that one. ERR_BUILD if there is none. */
struct image_stream;
struct err *image_stream_open(const struct image_source *s, const char *member,
			      struct image_stream **ret) MUST_CHECK;
/* ret_len 0 marks the end. */
struct err *image_stream_read(struct image_stream *m, const void **ret_bytes, size_t *ret_len) MUST_CHECK;
void image_stream_close(struct image_stream *m); /* NULL is fine */

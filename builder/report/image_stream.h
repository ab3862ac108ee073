/* SPDX-License-Identifier: MIT */
/* One member of an image in a file or a folder, as bytes. */
#pragma once
#include "report/image_source.h"

bool image_stream_has(const struct image_source *s, const char *member);
/* Whether it is a tar whose last member is not whole. */
bool image_stream_ends_early(const struct image_source *s);

/* A member's bytes, one piece after another. Several streams of one source may be read, each
 * by a thread. A member that is a link to another one, as older archives have it, is that
 * one. ERR_BUILD when there is none. */
struct image_stream;
struct err *image_stream_open(const struct image_source *s, const char *member,
			      struct image_stream **ret) MUST_CHECK;
/* ret_len 0: the end. */
struct err *image_stream_read(struct image_stream *m, const void **ret_bytes, size_t *ret_len) MUST_CHECK;
void image_stream_close(struct image_stream *m); /* NULL is fine */

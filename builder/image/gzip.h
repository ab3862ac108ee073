/* SPDX-License-Identifier: MIT */
/* Writes gzip as a sequence of independent members of GZIP_CHUNK plain bytes each (RFC 1952, 2.2). Threads
 * share the work, and any number of them makes the same bytes. The plain bytes are hashed on the way. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

#define GZIP_CHUNK ((size_t)1 << 20)

struct gzip;

/* Called in the caller's thread, in order, with the compressed bytes. */
typedef struct err *gzip_sink(void *arg, const void *bytes, size_t len);

/* threads 0: as many as base/thread_pool.h recommends. Uses about 2 MiB a thread. */
struct err *gzip_start(unsigned threads, gzip_sink *sink, void *arg, struct gzip **ret) MUST_CHECK;
/* A buffer for plain bytes, which avoids a copy: fill up to *ret_len (at least 1) bytes of it, then say how
 * many. */
void *gzip_room(struct gzip *g, size_t *ret_len);
struct err *gzip_filled(struct gzip *g, size_t len) MUST_CHECK;
struct err *gzip_feed(struct gzip *g, const void *bytes, size_t len) MUST_CHECK;
/* Compresses the rest and always frees g. ret_plain is the digest of the plain bytes. */
struct err *gzip_finish(struct gzip *g, struct digest *ret_plain, uint64_t *ret_plain_bytes) MUST_CHECK;
void gzip_drop(struct gzip *g); /* NULL is fine */

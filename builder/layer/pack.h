/* A pack: one .deb after it was verified and parsed once, kept in a form that
 * decodes fast. Data is the package's data.tar recompressed with zstd; the index
 * names each entry with its offset there and its SHA-256; control members are
 * kept as they are. Ref kind "pack" maps a .deb's digest to its pack's blobs. */
#pragma once
#include "base/err.h"
#include "store/store.h"
#include "tree/tree.h"

struct pack_member {
	const char *name;        /* "postinst" */
	uint32_t mode;
	const char *bytes;
	size_t len;
};

struct pack {
	struct arena arena;
	struct digest deb;
	struct digest data;      /* zstd blob of the tar */
	uint64_t data_bytes;     /* unpacked */
	struct tree tree;        /* in the archive's own order, content CONTENT_PACK, raw paths (no alias resolved) */
	struct pack_member *members;
	size_t member_count;
};

/* Makes the pack of a .deb blob of the store unless it is there. Thread-safe. */
struct err *pack_make(struct store *s, const struct digest *deb) MUST_CHECK;
struct err *pack_load(struct store *s, const struct digest *deb, struct pack **ret) MUST_CHECK;
const struct pack_member *pack_member(const struct pack *p, const char *name);
void pack_free(struct pack *p);

/* A cursor over a pack's data: offsets asked for in rising order are one decode. */
struct pack_reader;
struct err *pack_open(const struct store *s, const struct pack *p, struct pack_reader **ret) MUST_CHECK;
struct err *pack_read(struct pack_reader *r, uint64_t offset, void *bytes, size_t len) MUST_CHECK;
void pack_close(struct pack_reader *r);

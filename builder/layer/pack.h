/* SPDX-License-Identifier: MIT */
/* A pack: one .deb after it was verified and parsed once, kept in a form that
 * decodes fast. One blob holds the bytes of its files end to end (zstd), then an index that
 * names each entry with its place there and its SHA-256, and the control members as
 * they are. Ref kind "pack" maps a .deb's digest to format and blob. */
#pragma once
#include "base/err.h"
#include "store/store.h"
#include "tree/tree.h"

struct pack_member {
	const char *name;        /* "postinst" */
	uint32_t mode;
	const char *bytes;       /* NUL-terminated beyond len */
	size_t len;
};

/* A configuration file of the package with its MD5, as dpkg's status wants it. */
struct pack_conffile {
	const char *path;        /* without leading slash, as the archive names it */
	char md5[33];            /* empty: the archive does not hold it */
};

struct pack {
	struct arena arena;
	struct digest deb;
	struct digest blob;
	uint64_t packed_bytes;   /* length of the zstd data the blob begins with */
	uint64_t data_bytes;     /* unpacked */
	struct tree tree;        /* in the archive's own order, content CONTENT_PACK, raw paths (no alias resolved) */
	struct pack_member *members; /* md5sums is made when the archive has none */
	size_t member_count;
	struct pack_conffile *conffiles;
	size_t conffile_count;
};

/* Makes the pack of a .deb blob of the store unless it is there. Thread-safe. */
struct err *pack_make(struct store *s, const struct digest *deb) MUST_CHECK;
bool pack_has(const struct store *s, const struct digest *deb);
struct err *pack_load(const struct store *s, const struct digest *deb, struct pack **ret) MUST_CHECK;
const struct pack_member *pack_member(const struct pack *p, const char *name);
void pack_free(struct pack *p); /* NULL is fine */

/* A cursor over a pack's data: offsets asked for in rising order are one decode. */
struct pack_reader;
struct err *pack_open(const struct store *s, const struct pack *p, struct pack_reader **ret) MUST_CHECK;
struct err *pack_read(struct pack_reader *r, uint64_t offset, void *bytes, size_t len) MUST_CHECK;
void pack_close(struct pack_reader *r); /* NULL is fine */

/* SPDX-License-Identifier: MIT */
/* A pack: one .deb, verified and parsed once, then kept in a form that decodes fast. One blob holds the bytes
 * of its files end to end (zstd), then an index of the entries with their offsets and SHA-256, and the
 * control members as they are. A ref of kind "pack" maps a .deb's digest to format and blob. */
#pragma once
#include "base/err.h"
#include "store/store.h"
#include "tree/tree.h"

struct cached_package_member {
	const char *name; /* "postinst" */
	uint32_t mode;
	const char *bytes; /* NUL-terminated beyond len */
	size_t len;
};

/* A configuration file of the package with its MD5, for dpkg's status file. */
struct cached_package_conffile {
	const char *path; /* without leading slash, as the archive names it */
	char md5[33];	  /* empty: the archive does not contain it */
};

struct cached_package {
	struct arena arena;
	struct digest deb;
	struct digest blob;
	uint64_t packed_bytes; /* length of the zstd data the blob begins with */
	uint64_t data_bytes;   /* unpacked */
	/* in the archive's order, content CONTENT_PACK, raw paths (no alias resolved) */
	struct tree tree;
	struct cached_package_member *members; /* md5sums is generated if the archive has none */
	size_t member_count;
	struct cached_package_conffile *conffiles;
	size_t conffile_count;
};

/* Makes the pack of a .deb blob in the store, unless it exists. Thread-safe. */
struct err *cached_package_make(struct store *s, const struct digest *deb) MUST_CHECK;
bool cached_package_has(const struct store *s, const struct digest *deb);
struct err *cached_package_load(const struct store *s, const struct digest *deb,
				struct cached_package **ret) MUST_CHECK;
const struct cached_package_member *cached_package_member(const struct cached_package *p, const char *name);
void cached_package_free(struct cached_package *p); /* NULL is fine */

/* A cursor over a pack's data: reading at rising offsets decodes it only once. */
struct pack_reader;
struct err *cached_package_open(const struct store *s, const struct cached_package *p,
				struct pack_reader **ret) MUST_CHECK;
struct err *cached_package_read(struct pack_reader *r, uint64_t offset, void *bytes, size_t len) MUST_CHECK;
void cached_package_close(struct pack_reader *r); /* NULL is fine */

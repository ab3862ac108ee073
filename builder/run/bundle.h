/* SPDX-License-Identifier: MIT */
/* An image that mkbench wrote, opened for running: the layout folder or the one-file
 * archive (image/image.h). Every blob is checked against its digest as it is read. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct bundle_member {
	struct digest digest;
	uint64_t offset, size_bytes;     /* in the archive */
};

struct bundle {
	struct arena arena;              /* owns every text below */
	const char *path;                /* absolute */
	int archive;                     /* descriptor of the archive, or -1: a folder */
	struct bundle_member *members;   /* of the archive */
	size_t member_count, member_room;
	struct digest manifest, config;
	struct digest *layers;           /* lowest first */
	size_t layer_count;
	uint64_t layer_bytes;            /* compressed, all of them */
	const char *name, *tag;          /* "demo", "1.0" */
	const char *const *entrypoint, *const *env, *const *health; /* NULL-terminated; health without its "CMD" */
	const char *working_dir, *volume; /* volume NULL: none */
	unsigned port;                   /* the first one; 0: none */
	unsigned uid, gid;
};

/* ERR_USAGE when path is no image of ours, ERR_BUILD when it is a damaged one. */
struct err *bundle_open(const char *path, struct bundle *ret) MUST_CHECK;
void bundle_close(struct bundle *b);
#define AUTO_BUNDLE __attribute__((cleanup(bundle_close)))

/* A descriptor, the caller's, whose bytes from ret_offset on are the blob. */
struct err *bundle_blob(const struct bundle *b, const struct digest *d, int *ret_fd, uint64_t *ret_offset,
			uint64_t *ret_size) MUST_CHECK;
/* A whole document, checked; the caller's to free. */
struct err *bundle_read(const struct bundle *b, const struct digest *d, char **ret_text) MUST_CHECK;

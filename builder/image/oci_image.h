/* SPDX-License-Identifier: MIT */
/* Opens an image that mkbench wrote, for running: a layout folder or a one-file archive (image/image.h), also
 * as copied by others, with signatures and the like beside it. Every blob is checked against its digest as it
 * is read. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct oci_image_member {
	struct digest digest;
	uint64_t offset, size_bytes; /* in the archive */
};

struct oci_image {
	struct arena arena;		  /* owns every text below */
	const char *path;		  /* absolute */
	int archive;			  /* descriptor of the archive, or -1: a folder */
	struct oci_image_member *members; /* of the archive */
	size_t member_count, member_room;
	struct digest manifest, config;
	struct digest *layers; /* lowest first */
	size_t layer_count;
	uint64_t layer_bytes; /* compressed, all of them */
	/* "demo", "1.0"; failing other information, the file's name and "latest" */
	const char *name, *tag;
	/* NULL-terminated; health without its "CMD" */
	const char *const *entrypoint, *const *env, *const *health;
	const char *working_dir, *volume; /* volume NULL: none */
	unsigned port;			  /* the first one; 0: none */
	unsigned uid, gid;
};

/* ERR_USAGE if path is not an image of ours, ERR_BUILD if it is damaged. */
struct err *oci_image_open(const char *path, struct oci_image *ret) MUST_CHECK;
void oci_image_close(struct oci_image *b);
#define AUTO_OCI_IMAGE __attribute__((cleanup(oci_image_close)))

/* A descriptor, the caller's to close; the blob's bytes begin at ret_offset. */
struct err *oci_image_blob(const struct oci_image *b, const struct digest *d, int *ret_fd,
			   uint64_t *ret_offset, uint64_t *ret_size) MUST_CHECK;
/* A whole document, verified; the caller's to free. */
struct err *oci_image_read(const struct oci_image *b, const struct digest *d, char **ret_text) MUST_CHECK;

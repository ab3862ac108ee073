/* SPDX-License-Identifier: MIT */
/* From layers to files. A layer blob is a gzip-compressed tar (many members, so two
 * threads make the same bytes as one); diff_id is the digest of the plain tar. */
#pragma once
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/progress.h"
#include "store/store.h"
#include "tree/tree.h"

struct layer_blob {
	struct digest digest, diff_id;
	uint64_t size_bytes, unpacked_bytes;
};

/* The bytes of entries whose content is CONTENT_PACK; the image knows no packs. offset
 * counts from the entry's first byte; calls come from one thread, for each pack in the order of its bytes. */
struct content_reader {
	void *state;
	struct err *(*read)(void *state, const struct entry *e, uint64_t offset, void *bytes, size_t len);
};

/* Told of all that is poured, from one thread: each entry as the layer has it, then
 * the bytes of a file, in pieces. */
struct image_pour_watch {
	void *state;
	void (*entry)(void *state, const struct entry *e);
	void (*bytes)(void *state, const void *bytes, size_t len);
};

/* The time that a poured entry has. */
int64_t image_pour_time(const struct entry *e, int64_t epoch);
/* Pours a tree into a layer blob of the store, its entries in the order they have: the caller puts folders
 * before what is in them and files before their other names; layer_group's order, by pack and offset, is
 * read quickest. Times above epoch become epoch. watch may be NULL. ERR_BUILD when a file on disk no longer
 * has the size that the tree says. */
struct err *image_pour(struct store *s, const struct tree *t, const struct content_reader *packs,
		       int64_t epoch, const struct image_pour_watch *watch,
		       struct layer_blob *ret) MUST_CHECK;

struct image_layer {
	struct layer_blob blob;
	/* "base", "services", "runtime", "configure", "programs", "dependencies", "apps", "configuration" */
	const char *name;
};

struct label {
	const char *key, *value;
};

struct image_config {
	const char *name, *tag, *architecture;
	int64_t epoch;				    /* created */
	const char *const *entrypoint, *const *env; /* NULL-terminated */
	const char *user, *working_dir, *stop_signal, *volume;
	const unsigned *ports;	    /* zero-terminated, TCP */
	const struct label *labels; /* key NULL ends */
	/* NULL-terminated; Docker's extension, "CMD" added by the writer */
	const char *const *health_command;
	unsigned health_interval_seconds, health_start_interval_seconds, health_timeout_seconds,
		health_start_seconds, health_retries;
};

/* A document about an image, attached to it (OCI image-spec 1.1, "referrers"): a manifest of its
 * own, whose subject is the image's. */
struct image_referrer {
	const char *type;  /* media type of the document, and the artifact's */
	const char *name;  /* its file's name */
	const char *bytes; /* NUL-terminated text */
};

struct image {
	const struct image_config *config;
	const struct image_layer *layers;
	size_t layer_count;
	const struct image_referrer *referrers; /* the image's manifest does not depend on them */
	size_t referrer_count;
};

struct image_result {
	char *path; /* what was written; the caller's to free */
	uint64_t size_bytes;
	struct digest manifest; /* digest of the OCI manifest */
	struct digest config;	/* image id */
	bool unchanged;		/* it was there already, byte for byte */
};

/* <folder>/<name>-<tag>.oci/: an OCI image layout (image-spec 1.0), blobs hard-linked from
 * the store where the file system allows. */
struct err *image_write_oci(struct store *s, const struct image *im, const char *folder,
			    struct image_result *ret) MUST_CHECK;
/* <folder>/<name>-<tag>.tar: one file that is both a docker archive (manifest.json) and an OCI
 * archive (index.json): `docker load`, podman and skopeo all take it. */
struct err *image_write_docker(struct store *s, const struct image *im, const char *folder,
			       struct image_result *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Writes layers as image files. A layer blob is a gzip-compressed tar (in many members, so that any number of
 * threads makes the same bytes); diff_id is the digest of the plain tar. */
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

/* Reads the bytes of entries with CONTENT_PACK, because image/ does not know packs. offset counts from the
 * entry's first byte. Calls come from one thread, for each pack in the order of its bytes. */
struct content_reader {
	void *state;
	struct err *(*read)(void *state, const struct entry *e, uint64_t offset, void *bytes, size_t len);
};

/* Called from one thread for everything that is written: each entry as the layer has it, then a file's bytes
 * in pieces. */
struct image_pour_watch {
	void *state;
	void (*entry)(void *state, const struct entry *e);
	void (*bytes)(void *state, const void *bytes, size_t len);
};

/* The time of an entry in the layer. */
int64_t image_pour_time(const struct entry *e, int64_t epoch);
/* Writes a tree as a layer blob of the store, in the order of its entries: the caller puts folders before
 * their content and files before hard links to them. The order of layer_group, by pack and offset, is
 * fastest. Times after epoch become epoch. watch may be NULL. ERR_BUILD if a file on disk no longer has the
 * size in the tree. */
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
	/* NULL-terminated; Docker's extension; the writer adds "CMD" */
	const char *const *health_command;
	unsigned health_interval_seconds, health_start_interval_seconds, health_timeout_seconds,
		health_start_seconds, health_retries;
};

/* A document attached to an image (OCI image-spec 1.1, "referrers"): it has its own manifest, whose subject
 * is the image's. */
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
	char *path; /* the written file; the caller's to free */
	uint64_t size_bytes;
	struct digest manifest; /* digest of the OCI manifest */
	struct digest config;	/* image id */
	bool unchanged;		/* it existed already, byte for byte */
};

/* Writes <folder>/<name>-<tag>.oci/: an OCI image layout (image-spec 1.0), with blobs hard-linked from the
 * store if the file system allows it. */
struct err *image_write_oci(struct store *s, const struct image *im, const char *folder,
			    struct image_result *ret) MUST_CHECK;
/* Writes <folder>/<name>-<tag>.tar: one file that is both a docker archive (manifest.json) and an OCI archive
 * (index.json), readable by `docker load`, podman and skopeo. */
struct err *image_write_docker(struct store *s, const struct image *im, const char *folder,
			       struct image_result *ret) MUST_CHECK;

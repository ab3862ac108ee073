/* SPDX-License-Identifier: MIT */
/* An image's content, determined only from its files: its merged layers, its packages, and the package that
 * owns each file. */
#pragma once
#include "report/layer_list.h"

enum package_kind {
	PACKAGE_DEBIAN,
	PACKAGE_PYTHON,
	PACKAGE_NODE,
	PACKAGE_APP,
	PACKAGE_INTERPRETER,
	PACKAGE_KIND_COUNT
};
/* "debian", "python", "node", "app", "interpreter" */
extern const char *const contents_kind_names[PACKAGE_KIND_COUNT];

struct contents_package {
	enum package_kind kind;
	const char *name, *version;	     /* version NULL: unknown */
	const char *architecture;	     /* Debian's; else NULL */
	const char *source, *source_version; /* Debian's; else NULL */
	const char *depends;		     /* Debian's field, or NULL */
	const char *license;		     /* as written in Python's or Node's package, or NULL */
	const char *commit, *content;	     /* of an app; content also of an interpreter; NULL: unknown */
	const char *from, *archive; /* of an interpreter: the URL and SHA-256 of its archive, or NULL */
	const char *path;	    /* file or folder that identifies it, without a leading slash */
	size_t layer;		    /* the layer that has path */
	size_t file_count;	    /* files that are its own in the image, and their bytes */
	uint64_t size_bytes;
};

struct contents_layer {
	const char *name;     /* "base"; for an image not made by mkbench the command in its history, or "" */
	struct digest digest; /* zero: the archive does not say */
	uint64_t packed_bytes, unpacked_bytes;
	size_t file_count;
};

#define CONTENTS_NOBODY SIZE_MAX

struct contents {
	struct arena arena;
	struct image_source source;
	struct contents_layer *layers;
	size_t layer_count;
	struct tree tree;		   /* all layers merged, sorted */
	size_t *layer_of;		   /* of each entry of tree */
	size_t *owner_of;		   /* index of a package, or CONTENTS_NOBODY */
	struct contents_package *packages; /* by kind, name, version */
	size_t package_count;
	const char *os;		/* "debian"; NULL: no os-release */
	const char *os_version; /* "12"; NULL likewise */
	bool has_dpkg;		/* whether it has a Debian package database */
};

/* s may be NULL (report/layer_list.h). ERR_USAGE and ERR_BUILD as there and in report/image_source.h. */
struct err *contents_open(const char *path, struct store *s, struct contents *ret) MUST_CHECK;
/* The same for an open source; ret takes ownership of it in any case. */
struct err *contents_take(struct image_source *source, struct store *s, struct contents *ret) MUST_CHECK;
void contents_close(struct contents *c);
#define AUTO_CONTENTS __attribute__((cleanup(contents_close)))

/* The entry at that absolute or relative path, following links in its folders; NULL: there is none. */
const struct entry *contents_find(const struct contents *c, const char *path);
/* The bytes of a file that lists installed packages; len 0 if it does not exist. */
const char *contents_text(const struct entry *e, size_t *ret_len);
/* A text of the image's configuration, or NULL: contents_setting(c, "StopSignal"). */
const char *contents_setting(const struct contents *c, const char *key);

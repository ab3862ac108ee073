/* SPDX-License-Identifier: MIT */
/* What an image holds, known by its files alone: its layers laid over one another, its
 * packages, and who brought each file. */
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
	const char *name, *version;	     /* version NULL: it is not said */
	const char *architecture;	     /* Debian's; else NULL */
	const char *source, *source_version; /* Debian's; else NULL */
	const char *depends;		     /* Debian's field, or NULL */
	const char *license;		     /* Python's and Node's own word, or NULL */
	const char *commit, *content;	     /* an app's, content also an interpreter's; NULL: not known */
	const char *from, *archive; /* an interpreter's: the URL and SHA-256 of its archive, or NULL */
	const char *path;	    /* file or folder that says so, without a leading slash */
	size_t layer;		    /* that has path */
	size_t file_count;	    /* that are its own in the image, and their bytes */
	uint64_t size_bytes;
};

struct contents_layer {
	const char *name;     /* "base"; of an image of others the command of its history, or "" */
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
/* The same of a source that is open, which ret takes over in any case. */
struct err *contents_take(struct image_source *source, struct store *s, struct contents *ret) MUST_CHECK;
void contents_close(struct contents *c);
#define AUTO_CONTENTS __attribute__((cleanup(contents_close)))

/* The entry of that absolute or relative path, links of its folders followed; NULL: there is none. */
const struct entry *contents_find(const struct contents *c, const char *path);
/* Bytes of a file that says what is installed; len 0 when it is not there. */
const char *contents_text(const struct entry *e, size_t *ret_len);
/* A text of the configuration, NULL when it has none: contents_setting(c, "StopSignal"). */
const char *contents_setting(const struct contents *c, const char *key);

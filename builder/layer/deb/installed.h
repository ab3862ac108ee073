/* SPDX-License-Identifier: MIT */
/* A package on its way into an image: its pack and what its control file says. */
#pragma once
#include "base/arena.h"
#include "debian/control.h"
#include "debian/relation.h"
#include "layer/deb/cached_package.h"

struct installed {
	const struct cached_package *pack;
	size_t group; /* index of the tree it goes to */
	const char *name, *version, *architecture;
	const char *info; /* how dpkg names its files in info/: "adduser", "libc6:amd64" */
	struct slice stanza;
	const struct relation *replaces;
	size_t replaces_count;
};

/* Strings live in arena, or in the pack, which must outlive ret. ERR_BUILD when the
 * control file lacks a field or names no package. */
struct err *installed_read(struct arena *arena, const struct cached_package *p, size_t group,
			   struct installed *ret) MUST_CHECK;
/* Whether a may overwrite files of b. */
bool installed_replaces(const struct installed *a, const struct installed *b);
/* Lines of a control member such as triggers; comments and blanks are cut. False at the end. */
bool installed_line(struct slice *text, struct slice *ret_line);

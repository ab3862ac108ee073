/* SPDX-License-Identifier: MIT */
/* A package to be installed: its pack and the fields of its control file. */
#pragma once
#include "base/arena.h"
#include "debian/control.h"
#include "debian/relation.h"
#include "layer/deb/cached_package.h"

struct installed {
	const struct cached_package *pack;
	size_t group; /* index of its tree */
	const char *name, *version, *architecture;
	const char *info; /* its files' prefix in dpkg's info/: "adduser", "libc6:amd64" */
	struct slice stanza;
	const struct relation *replaces;
	size_t replaces_count;
};

/* Strings live in arena, or in the pack, which must outlive ret. ERR_BUILD if the control file lacks a field
 * or has no package name. */
struct err *installed_read(struct arena *arena, const struct cached_package *p, size_t group,
			   struct installed *ret) MUST_CHECK;
/* Whether a may overwrite files of b. */
bool installed_replaces(const struct installed *a, const struct installed *b);
/* The next line of a control member such as triggers, without comments and blanks. False at the end. */
bool installed_line(struct slice *text, struct slice *ret_line);

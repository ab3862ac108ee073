/* SPDX-License-Identifier: MIT */
/* The interpreters of the apps that the recipe's 'runtime' asks for: Debian's package of that version, or a
 * build that the recipe brings, which gets a layer of its own: /opt/python and /opt/node, with links to
 * their programs in /usr/local/bin. */
#pragma once
#include "build/build_context.h"
#include "debian/index.h"
#include "layer/layer.h"

/* Whether an image has no such package, as the recipe brings a build of what it is. */
bool build_runtime_replaces(const struct recipe *r, const char *package, int group);
/* Debian's package of the Python that the recipe names by its version, in j's arena; NULL: it names none.
 * ERR_RECIPE, with what would serve, when no archive of the recipe has it. */
struct err *build_runtime_package(struct build_context *j, const struct index *ix,
				  const char **ret) MUST_CHECK;
/* Gets the builds, as the lock pins them; ERR_RECIPE when one is of another version than the recipe says. */
struct err *build_runtime_sources(struct build_context *j) MUST_CHECK;
void build_runtime_forget(struct build_context *j);
/* Writes them into the lock. */
void build_runtime_pin(struct build_context *j);
/* What the image will have: "3.11.2", or NULL when that is not known. The caller's to free. */
char *build_runtime_version(const struct build_context *j, int kind);

struct build_runtime {
	bool there; /* the recipe brings a build */
	struct layer_delta delta;
};
/* The key of all that lies over it; below itself when there is none. */
struct digest build_runtime_key(const struct build_context *j, const struct digest *below);
/* Lays the builds, tries each and compiles Python's own files. Puts the delta on root. ERR_BUILD with a
 * program's own words when it does not run in this image. */
struct err *build_runtime(struct build_context *j, const struct digest *below, struct layer_root *root,
			  struct build_runtime *ret) MUST_CHECK;
void build_runtime_done(struct build_runtime *b);

/* SPDX-License-Identifier: MIT */
/* The Python and Node that the recipe's 'runtime' asks for: a Debian package of that version, or an archive
 * that the recipe names. An archive gets its own layer: /opt/python and /opt/node, with links to their
 * programs in /usr/local/bin. */
#pragma once
#include "build/build_context.h"
#include "debian/index.h"
#include "layer/layer.h"

/* Whether an image leaves this package out because the recipe brings its own build of it. */
bool build_runtime_replaces(const struct recipe *r, const char *package, int group);
/* The Debian package of the Python version that the recipe names, in j's arena; NULL if it names none.
 * ERR_RECIPE, with alternatives, if no archive of the recipe has it. */
struct err *build_runtime_package(struct build_context *j, const struct index *ix,
				  const char **ret) MUST_CHECK;
/* Fetches the builds as the lock pins them. ERR_RECIPE if one has another version than the recipe says. */
struct err *build_runtime_sources(struct build_context *j) MUST_CHECK;
void build_runtime_forget(struct build_context *j);
/* Writes them into the lock. */
void build_runtime_pin(struct build_context *j);
/* The version that the image will have, "3.11.2"; NULL if unknown. The caller's to free. */
char *build_runtime_version(const struct build_context *j, int kind);

struct build_runtime {
	bool there; /* the recipe brings a build */
	struct layer_delta delta;
};
/* The key of everything above it; below itself if there is no build. */
struct digest build_runtime_key(const struct build_context *j, const struct digest *below);
/* Installs the builds, tries each and compiles Python's own files. Puts the delta on root. ERR_BUILD with the
 * program's output if it does not run in this image. */
struct err *build_runtime(struct build_context *j, const struct digest *below, struct layer_root *root,
			  struct build_runtime *ret) MUST_CHECK;
void build_runtime_done(struct build_runtime *b);

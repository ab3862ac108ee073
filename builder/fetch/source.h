/* SPDX-License-Identifier: MIT */
/* Gets an app's source from git, an archive or a folder, reduced to its files. The same source gives the same
 * tree whoever checked it out: owners are set by the caller, modes become 0644 or 0755, times are dropped,
 * and VCS folders, byte code and node_modules are left out. A device, or a link that leaves the tree, is
 * refused. */
#pragma once
#include "base/progress.h"
#include "recipe/lock.h"
#include "recipe/recipe.h"
#include "store/store.h"
#include "tree/tree.h"

struct app_source {
	/* sorted; paths below the app's folder; CONTENT_DISK: a file that changes before it is used ends the
	 * build (layer/deb/extract.h) */
	struct tree files;
	struct digest digest; /* tree_digest of files */
	char *commit;	      /* git: 40 or 64 hex digits, else NULL */
	int64_t committed;    /* git: when that was, seconds since 1970; else 0 */
	struct {
		char **items;
		size_t count, room;
	} modules; /* git: "PATH COMMIT" of each submodule */
};

/* pinned is the app's line of the lock, or NULL to resolve again. A pinned commit that is in the store needs
 * no network. Git runs as a child with the caller's own configuration, agent and netrc; it never prompts. */
struct err *source_get(struct store *s, const struct recipe *r, const struct app *app,
		       const struct lock_app *pinned, struct progress *p, struct app_source *ret) MUST_CHECK;
/* Like source_get, for an interpreter from an archive or path in the recipe's 'runtime': no files are left
 * out, and it must match pinned even if it is a folder. */
struct err *source_get_programs(struct store *s, const struct recipe *r, const struct app *app,
				const struct lock_app *pinned, struct progress *p,
				struct app_source *ret) MUST_CHECK;
void source_done(struct app_source *src);

/* SPDX-License-Identifier: MIT */
/* Layers: packages become trees, trees become a root on disk, and the changes that programs make there become
 * trees again. In the order of a build:
 *
 *   layer_open       packs -> a tree for each group of packages
 *   layer_unpack     those trees on disk, the lowest folder of a root
 *   layer_configure  maintainer scripts over it  -> delta
 *   layer_open, layer_unpack, layer_configure once more, above the first, for packages
 *                    that build apps and stay out of the image
 *   layer_steps      commands over all that      -> delta
 *
 * The store keeps these folders under the key of their inputs, where the next build finds them. */
#pragma once
#include "base/progress.h"
#include "layer/sandbox/sandbox.h"
#include "service/service.h"
#include "store/store.h"
#include "tree/tree.h"

struct layer_package {
	struct digest deb; /* its pack is in the store (cached_package_make) */
	size_t group;	   /* below group_count */
};

/* Everything here is borrowed and must outlive what is made from it. */
struct layer_request {
	struct store *store;
	/* or NULL; begins no stage: layer_configure counts one unit for each package */
	struct progress *progress;
	const struct layer_package *packages; /* in any order */
	size_t package_count, group_count;
	const char *architecture;
	const char *const *exclude; /* globs of the recipe, NULL-terminated, or NULL */
	const struct service_user *users;
	size_t user_count;
	const char *const *masked; /* NULL-terminated, or NULL */
	int64_t epoch;
	const char *log; /* receives the scripts' output, or NULL */
};

struct layer_set;

/* The key of everything made from a request, and from the set below it (NULL: none). */
struct digest layer_key(const struct layer_request *r, const struct digest *below);
/* Loads the packs and merges them; with below, that set's packages are installed already. */
struct err *layer_open(const struct layer_request *r, const struct layer_set *below,
		       struct layer_set **ret) MUST_CHECK;
/* A group's tree, ordered so that its content is fastest to read: folders, files, links. */
const struct tree *layer_group(const struct layer_set *s, size_t group);
/* All groups together, sorted. */
const struct tree *layer_whole(const struct layer_set *s);
void layer_close(struct layer_set *s); /* NULL is fine */

/* Reads CONTENT_PACK; each reader belongs to one thread. The signature is that of struct content_reader in
 * image/image.h. */
struct layer_reader;
struct layer_reader *layer_reader(const struct store *s);
struct err *layer_read(void *reader, const struct entry *e, uint64_t offset, void *bytes,
		       size_t len) MUST_CHECK;
void layer_reader_done(struct layer_reader *r);

/* A root for sandboxes: folders, top one first, in the form that struct sandbox takes. */
struct layer_root {
	const char *lowers[26]; /* NULL-terminated; owned */
};
void layer_root_done(struct layer_root *r);
void layer_root_over(struct layer_root *r, const struct layer_root *more); /* puts all of more on top */
/* only the topmost folder, as a root */
void layer_root_top(const struct layer_root *r, struct layer_root *ret);

/* The changes that a step made. */
struct layer_delta {
	struct digest key;
	bool cached;	  /* an earlier build made it */
	struct tree tree; /* sorted, with whiteouts; content CONTENT_DISK in the store */
};
void layer_delta_done(struct layer_delta *d);

/* Puts the set's packages on root. */
struct err *layer_unpack(const struct layer_set *s, struct layer_root *root) MUST_CHECK;
/* Configures them and puts the delta on root; `dpkg --audit` is clean afterwards. ret may be NULL. */
struct err *layer_configure(const struct layer_set *s, struct layer_root *root,
			    struct layer_delta *ret) MUST_CHECK;

/* Puts the results of layer_unpack and layer_configure for a set's key on root, without loading the set.
 * ret_found false: some are missing, and root is unchanged. */
void layer_recall(struct store *store, const struct digest *key, struct layer_root *root, bool *ret_found);

struct layer_steps {
	struct store *store;
	struct progress *progress; /* or NULL; one unit for each step */
	struct digest key;	   /* of all inputs of the steps except the root's key */
	struct digest root_key;	   /* of the set that was configured last */
	const struct tree *seed;   /* sorted: files to begin with, such as an app's source; or NULL */
	const struct service_step *steps;
	size_t step_count;
	unsigned uid, gid; /* for steps that do not run as root */
	const struct bind *binds;
	size_t bind_count;
	int64_t epoch;
	unsigned range;	 /* as in struct sandbox */
	int life;	 /* as in struct sandbox, or 0 */
	const char *log; /* or NULL */
	/* as in struct sandbox, or NULL; not written if an earlier build ran the steps */
	const char *lookups;
	/* the store's layer blob of an earlier run's result, unpacked if its folder is gone; or NULL */
	const struct digest *poured;
};
/* Runs the steps in order over root and puts the delta on it. */
struct err *layer_steps(const struct layer_steps *r, struct layer_root *root,
			struct layer_delta *ret) MUST_CHECK;
/* Runs the steps and discards their changes; only files in writable binds stay. Ignores the keys. */
struct err *layer_steps_forget(const struct layer_steps *r, const struct layer_root *root) MUST_CHECK;

struct layer_trial {
	struct store *store;
	const struct tree *configuration; /* sorted */
	const struct service_trial *trials;
	size_t trial_count;
	const struct service_folder *folders; /* made before each trial */
	size_t folder_count;
	int64_t epoch;
};
struct layer_trial_failure {
	const struct service_trial *trial; /* the trial that failed; NULL: something else did */
	char *said, *names;		   /* its whole output, and the output of its names argv */
};
/* Lets programs of the root test a configuration and discards what they wrote. The first one that refuses it
 * is the error, with its last lines of output. layer_trial_failure_done frees ret in any case. */
struct err *layer_trial(const struct layer_trial *r, const struct layer_root *root,
			struct layer_trial_failure *ret) MUST_CHECK;
void layer_trial_failure_done(struct layer_trial_failure *f);

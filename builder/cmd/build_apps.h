/* Apps: their sources laid into the bench, their steps run over the configured root, in two
 * phases. First what a few of an app's files decide, such as its Python and Node
 * packages, one delta an app; then, over all of those, what needs the whole sources. */
#pragma once
#include "cmd/job.h"
#include "layer/layer.h"

#define BUILD_APPS_PARTS 13      /* twelve deltas of dependencies, the last one shared by all further apps; one of apps */
#define BUILD_APPS_USER  1000u   /* uid and gid of the bench's files and steps */

struct build_apps {
	struct layer_delta parts[BUILD_APPS_PARTS]; /* lowest first; the apps themselves last */
	const char *names[BUILD_APPS_PARTS];        /* "dependencies", "apps" */
	struct digest keys[BUILD_APPS_PARTS];
	size_t count;
};

/* Fills names, keys and count from the sources, the pins and every step, over packages of that key. */
void build_apps_plan(const struct job *j, const struct digest *packages_key, struct build_apps *ret);
/* Runs what the plan names and no earlier build has kept; fills parts. */
struct err *build_apps(struct job *j, struct layer_root *root, struct build_apps *a) MUST_CHECK;
/* The files of all apps that a step's inputs name, where the step finds them; sorted. */
void build_apps_inputs(const struct job *j, const struct service_step *step, struct tree *ret);
void build_apps_done(struct build_apps *a);

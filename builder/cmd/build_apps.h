/* Apps: their sources laid into the bench, their steps run over the configured root. */
#pragma once
#include "cmd/job.h"
#include "layer/layer.h"

/* Of the sources and every step, over a root of that key. */
struct digest build_apps_key(const struct job *j, const struct digest *root_key);
struct err *build_apps(struct job *j, const struct digest *key, const struct digest *root_key, struct layer_root *root,
		       struct layer_delta *ret) MUST_CHECK;

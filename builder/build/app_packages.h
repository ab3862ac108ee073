/* SPDX-License-Identifier: MIT */
/* Debian packages that apps declare: [deploy.dependencies.apt] packages = ["…"] in pyproject.toml. */
#pragma once
#include "build/build_context.h"

struct declared {
	struct {
		const char *name;
		size_t app;
	} * items; /* names in the lock's arena; app: who declares it */
	size_t count, room;
};

/* Reads those of every app, in the order of apps; the sources must be there. ERR_RECIPE, "APP:
 * pyproject.toml:line:col: …", for a word that is not a package name. The caller frees items. */
struct err *app_packages(struct build_context *j, struct declared *ret) MUST_CHECK;
/* ERR_RECIPE if the lock lacks one, because it was declared later. */
struct err *app_packages_check(struct build_context *j) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Debian packages that apps declare for themselves: [deploy.dependencies.apt]
 * packages = ["…"] in pyproject.toml. */
#pragma once
#include "build/build_context.h"

struct declared {
	struct {
		const char *name;
		size_t app;
	} * items; /* names in the lock's arena; app: who declares it */
	size_t count, room;
};

/* Of every app, in their order; the sources are there. ERR_RECIPE, "APP: pyproject.toml:line:col: …", for
 * what names no package. The caller frees items. */
struct err *app_packages(struct build_context *j, struct declared *ret) MUST_CHECK;
/* ERR_RECIPE when the lock lacks one: it was declared since. */
struct err *app_packages_check(struct build_context *j) MUST_CHECK;

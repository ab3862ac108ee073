/* SPDX-License-Identifier: MIT */
/* Debian packages that apps declare for themselves: [deploy.dependencies.apt] packages = ["…"] in pyproject.toml. */
#pragma once
#include "cmd/job.h"

struct declared {
	struct { const char *name; size_t app; } *items; /* names in the lock's arena; app: who declares it */
	size_t count, room;
};

/* Of every app, in their order; the sources are there. ERR_RECIPE, "APP: pyproject.toml:line:col: …", for what names no package. The
 * caller frees items. */
struct err *job_declared(struct job *j, struct declared *ret) MUST_CHECK;
/* ERR_RECIPE when the lock lacks one: it was declared since. */
struct err *job_declared_check(struct job *j) MUST_CHECK;

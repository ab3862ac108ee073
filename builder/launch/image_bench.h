/* SPDX-License-Identifier: MIT */
/* Reads the bench.json of a running image. */
#pragma once
#include "contract/bench_json.h"
#include "engine/engine.h"

/* Reads bench.json in the container or machine of that name; `path` is the image's. ERR_BUILD if it is
 * damaged. */
struct err *image_bench_read(const struct engine *e, const char *name, const char *path,
			     struct bench *ret) MUST_CHECK;
/* The same from a text. Checks that every host name of a site is valid: people see them and may paste
 * them. */
struct err *image_bench_parse(const char *text, const char *path, struct bench *ret) MUST_CHECK;

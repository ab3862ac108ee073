/* SPDX-License-Identifier: MIT */
/* What a running image says of its bench. */
#pragma once
#include "contract/bench_json.h"
#include "engine/engine.h"

/* Reads bench.json of the container or machine of that name; `path` is the image's.
 * ERR_BUILD when it is damaged. */
struct err *image_bench_read(const struct engine *e, const char *name, const char *path,
			     struct bench *ret) MUST_CHECK;
/* The same of a text that is at hand. Every host name of a site is one: people are
 * shown them, and may paste them. */
struct err *image_bench_parse(const char *text, const char *path, struct bench *ret) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* The part of bench.json that comes from the framework's file: site settings, and the commands that make and
 * maintain sites. */
#pragma once
#include "contract/bench_json.h"
#include "service/service_set.h"

/* Texts are in the arena; the two settings are the caller's, also after an error. ERR_RECIPE if a text has an
 * unknown name. */
struct err *bench_framework(const struct service_set *s, struct arena *a, struct bench *b) MUST_CHECK;

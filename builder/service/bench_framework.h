/* SPDX-License-Identifier: MIT */
/* The part of bench.json that the framework's file says: settings of sites, and the
 * commands that make and keep them. */
#pragma once
#include "contract/bench_json.h"
#include "service/service_set.h"

/* Texts are in the arena; the two settings are the caller's, also after an error. ERR_RECIPE
 * when a text has an unknown name. */
struct err *bench_framework(const struct service_set *s, struct arena *a, struct bench *b) MUST_CHECK;

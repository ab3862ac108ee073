/* SPDX-License-Identifier: MIT */
/* What the guest programs are told of an image: the values of its bench.json (contract/bench_json.h). */
#pragma once
#include "service/service_set.h"

/* ERR_RECIPE when a service's file names a place that others would look for elsewhere. */
struct err *bench_values_check(const struct service_set *s) MUST_CHECK;
/* The text of bench.json; the caller's to free. */
struct err *bench_values_write(const struct service_set *s, const char *build_id, char **ret) MUST_CHECK;

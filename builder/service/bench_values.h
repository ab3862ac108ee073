/* SPDX-License-Identifier: MIT */
/* Fills an image's bench.json (contract/bench_json.h), which the guest programs read. */
#pragma once
#include "service/service_set.h"

/* ERR_RECIPE if a service's file uses a path where other programs would not look. */
struct err *bench_values_check(const struct service_set *s) MUST_CHECK;
/* The text of bench.json; the caller's to free. */
struct err *bench_values_write(const struct service_set *s, const char *build_id, char **ret) MUST_CHECK;

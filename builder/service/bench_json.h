/* SPDX-License-Identifier: MIT */
/* bench.json, format 1: what the guest programs know about an image (services/guest/README.md). */
#pragma once
#include "service/service_set.h"

/* ret is the caller's to free. */
struct err *bench_json_write(const struct service_set *s, const char *build_id, char **ret) MUST_CHECK;

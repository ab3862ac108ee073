/* SPDX-License-Identifier: MIT */
/* The two tables that read struct manifest. */
#pragma once
#include "service/manifest.h"

extern const struct field manifest_fields_service[];
extern const struct field manifest_fields_framework[];

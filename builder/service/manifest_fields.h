/* SPDX-License-Identifier: MIT */
/* The two field tables that read struct manifest. */
#pragma once
#include "service/manifest.h"

extern const struct field manifest_fields_service[];
extern const struct field manifest_fields_framework[];

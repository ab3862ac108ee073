/* SPDX-License-Identifier: MIT */
/* How much one app's source may be, wherever it comes from. */
#pragma once

#define SOURCE_BYTES_MAX (4ull << 30)
#define SOURCE_FILES_MAX 1000000
#define SOURCE_NAMES_MAX (256ull << 20) /* bytes of all names together */

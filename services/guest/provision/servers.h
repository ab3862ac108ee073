/* SPDX-License-Identifier: MIT */
/* Which servers have written the volume: an older one may not be able to read what a newer one wrote. */
#pragma once
#include "lib/bench.h"

/* ERR_SYSTEM when this image's MariaDB or Redis is of an older series than the one that has used the volume,
 * as format, the path of a format.json, has it. Touches nothing. */
struct err *servers_check(const struct bench *b, const char *format) MUST_CHECK;
/* Before they start: those of this image are from now on the ones that have used it. */
struct err *servers_record(const struct bench *b) MUST_CHECK;

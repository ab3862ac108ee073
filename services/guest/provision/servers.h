/* SPDX-License-Identifier: MIT */
/* Records which MariaDB and Redis have used the volume: an older one may not be able to read what a newer
 * one wrote. */
#pragma once
#include "lib/bench.h"

/* ERR_SYSTEM when this image's MariaDB or Redis is of an older series than the last one that used the
 * volume, by format, the path of a format.json. Changes nothing. */
struct err *servers_check(const struct bench *b, const char *format) MUST_CHECK;
/* Call before they start: records this image's servers as the last ones that used the volume. */
struct err *servers_record(const struct bench *b) MUST_CHECK;

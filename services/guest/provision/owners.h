/* SPDX-License-Identifier: MIT */
/* A volume that somebody has moved, or run chown over: our own paths get back the
 * owner that their programs need. */
#pragma once
#include "lib/bench.h"

/* Before any program runs. What belongs to MariaDB, Redis, root and the bench on the volume is given
 * back to them and said; files that are nobody's of ours stay as they are. ERR_SYSTEM names a path, the
 * owner it needs and the command. */
struct err *owners_restore(const struct bench *b) MUST_CHECK;
/* What a tool has left right in folder as root's becomes its owner's. */
struct err *owners_give(const char *folder, const struct account *owner) MUST_CHECK;

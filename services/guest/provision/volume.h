/* SPDX-License-Identifier: MIT */
/* The volume: whether /data may be used, whose it is, and who uses it now. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"

/* Looks, and writes nothing: a folder, not read-only, empty or ours, of a format we know, the one that
 * MKBENCH_VOLUME_ID names. A layer of the container's own (overlay) or memory (tmpfs) is allowed with a loud
 * warning, or silently with MKBENCH_EPHEMERAL=1. format: the path of the format.json that counts. */
struct err *volume_check(const struct bench *b, const char *format) MUST_CHECK;

/* The lease: at most one instance uses a volume. ret_fd is -1 while another holds it; the lease lasts until
 * the descriptor is closed or the process is gone. Whoever gets it has made the folder root's, and has
 * written and renamed a file there: ERR_SYSTEM when that is not possible, with the code ENOSPC or EDQUOT when
 * it will be once somebody makes room. */
struct err *volume_lease(const struct bench *b, int *ret_fd) MUST_CHECK;

/* An error, for a person, when programs can keep hardly anything more: there is less
 * than 64 MiB, or all is read-only. */
struct err *volume_room(const struct bench *b) MUST_CHECK;

/* format.json: made once (volume id, who made it), afterwards only its "last" entry changes. */
struct err *volume_record(const struct bench *b) MUST_CHECK;
char *volume_id(const struct bench *b); /* or NULL */

/* The clean stamp: written as the last act of an ordered stop, taken away by the next start. */
struct err *volume_stamp(const struct bench *b) MUST_CHECK;
struct err *volume_unstamp(const struct bench *b, bool *ret_was_clean) MUST_CHECK;

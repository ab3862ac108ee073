/* SPDX-License-Identifier: MIT */
/* The volume: checks whether /data may be used, and takes its lease. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"

/* Looks and writes nothing: it must be a folder, writable, empty or ours, of a format that we know, and the
 * one that MKBENCH_VOLUME_ID names. A container's own layer (overlay) or memory (tmpfs) is allowed with a
 * loud warning, or silently with MKBENCH_EPHEMERAL=1. format: the path of the format.json that counts. */
struct err *volume_check(const struct bench *b, const char *format) MUST_CHECK;

/* The lease: at most one instance uses a volume. ret_fd is -1 while another one holds it; the lease ends
 * when the descriptor is closed or the process is gone. It also makes the folder root's, and tries to write
 * and rename a file in it: ERR_SYSTEM when that fails, with the code ENOSPC or EDQUOT when it only lacks
 * room. */
struct err *volume_lease(const struct bench *b, int *ret_fd) MUST_CHECK;

/* An error, for a person, when programs can hardly write any more: there is less than 64 MiB, or the volume
 * is read-only. */
struct err *volume_room(const struct bench *b) MUST_CHECK;

/* Writes format.json: once with volume id and maker; afterwards only its entry "last" changes. */
struct err *volume_record(const struct bench *b) MUST_CHECK;
char *volume_id(const struct bench *b); /* or NULL */

/* The clean stamp: the last act of an ordered stop writes it, the next start removes it. cache: Redis has
 * just written its cache, and the next start may go on with it. */
struct err *volume_stamp(const struct bench *b, bool cache) MUST_CHECK;
struct err *volume_unstamp(const struct bench *b, bool *ret_was_clean) MUST_CHECK;

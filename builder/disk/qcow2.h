/* SPDX-License-Identifier: MIT */
/* Writes a raw disk as qcow2 (version 3; QEMU's docs/interop/qcow2.txt): 64 KiB clusters, no compression;
 * holes and zero clusters are omitted. The same disk gives the same bytes. */
#pragma once
#include "base/err.h"

/* Converts the disk at fd from (a sparse regular file, readable) into fd to, which is new and empty. */
struct err *qcow2_write(int from, int to) MUST_CHECK;

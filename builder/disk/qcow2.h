/* SPDX-License-Identifier: MIT */
/* A raw disk as qcow2 (version 3; QEMU's docs/interop/qcow2.txt): 64 KiB clusters, no
 * compression, holes and clusters of zeros left out; the same disk gives the same bytes. */
#pragma once
#include "base/err.h"

/* Writes the disk readable at fd from (a sparse regular file) to fd to, which is new and empty. */
struct err *qcow2_write(int from, int to) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Writes a raw disk as a stream-optimised VMDK (VMware's Virtual Disk Format 5.0): grains of 64 KiB, each
 * compressed by itself; zero grains are omitted. VMware imports this form and QEMU reads it. The same disk
 * gives the same bytes. */
#pragma once
#include "base/err.h"

/* Converts the disk at fd from (a sparse regular file of whole sectors, readable) into fd to, which is new
 * and empty. */
struct err *vmdk_write(int from, int to) MUST_CHECK;

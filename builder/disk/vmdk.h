/* SPDX-License-Identifier: MIT */
/* A raw disk as a stream-optimised VMDK (VMware's Virtual Disk Format 5.0): grains of 64 KiB, each
 * compressed by itself, those of zeros left out. It is the form that VMware imports; QEMU reads it. The
 * same disk gives the same bytes. */
#pragma once
#include "base/err.h"

/* Writes the disk readable at fd from (a sparse regular file of whole sectors) to fd
 * to, which is new and empty. */
struct err *vmdk_write(int from, int to) MUST_CHECK;

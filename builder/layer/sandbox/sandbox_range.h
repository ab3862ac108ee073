/* SPDX-License-Identifier: MIT */
/* Root of a sandbox that root starts is not root of the machine: a user namespace whose
 * ids are a range that nobody has. */
#pragma once
#include "base/err.h"

/* of 65536 ids each, from 1879048192 on: above what systemd and subuid(5) give away, below 2^31 */
#define SANDBOX_RANGES 4096u

/* A namespace of the range of that number, as a descriptor: to join, and to mount folders by. -1
 * where mkbench is no root, or is in a user namespace already, or where the kernel cannot map the
 * ids of an overlay (before 5.19). */
struct err *sandbox_range_open(unsigned range, int *ret_fd) MUST_CHECK;
/* Joins it and becomes its root. */
struct err *sandbox_range_enter(int fd) MUST_CHECK;
/* From here on this process makes files as the range's root, and has all its rights: who mounts an overlay
 * writes to its upper folder, where the machine's own root has no id. */
struct err *sandbox_range_files(unsigned range) MUST_CHECK;
/* The id that root of that range has here: 0 where there is no range. */
unsigned sandbox_range_owner(unsigned range);

/* SPDX-License-Identifier: MIT */
/* Gives a sandbox that root starts a user namespace with an unused range of ids, so that its root is not the
 * machine's root. */
#pragma once
#include "base/err.h"

/* of 65536 ids each, from 1879048192 on: above the ids that systemd and subuid(5) assign, below 2^31 */
#define SANDBOX_RANGES 4096u

/* A user namespace for that range, as a descriptor: to join, and to map mounts. -1 if mkbench is not root, is
 * in a user namespace already, or if the kernel cannot map the ids of an overlay (before 5.19). */
struct err *sandbox_range_open(unsigned range, int *ret_fd) MUST_CHECK;
/* Joins it and becomes its root. */
struct err *sandbox_range_enter(int fd) MUST_CHECK;
/* From now on this process makes files as the range's root, with all its rights: mounting an overlay writes
 * to its upper folder, where the machine's own root has no id. */
struct err *sandbox_range_files(unsigned range) MUST_CHECK;
/* The id that root of that range has here; 0 if there is no range. */
unsigned sandbox_range_owner(unsigned range);

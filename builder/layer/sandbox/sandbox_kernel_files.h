/* SPDX-License-Identifier: MIT */
/* What a room has in /proc and /dev, and file systems in memory. */
#pragma once
#include "base/err.h"

#define SANDBOX_KERNEL_FILES_DEVICES 6

struct err *sandbox_kernel_files_tmpfs(const char *path, const char *options, unsigned long more) MUST_CHECK;
/* Devices of the machine, while its files are in sight; -1: it has not that one. */
void sandbox_kernel_files_take_devices(int ret_nodes[static SANDBOX_KERNEL_FILES_DEVICES]);
struct err *sandbox_kernel_files_fill_dev(const int *nodes) MUST_CHECK;
/* A new one of this process namespace, not yet in a place. Where parts of the machine's are covered,
 * as in a container, the kernel keeps ordinary users from one that shows all; the machine's own
 * would show every process of it. */
struct err *sandbox_kernel_files_make_proc(int *ret_fd) MUST_CHECK;
/* Puts it in its place, and makes read-only what OCI runtimes do. */
struct err *sandbox_kernel_files_mount_proc(int proc) MUST_CHECK;
/* Hides what they hide, with the room's own /dev/null: once /dev is filled. */
struct err *sandbox_kernel_files_cover_proc(void) MUST_CHECK;

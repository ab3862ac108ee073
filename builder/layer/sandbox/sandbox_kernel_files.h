/* SPDX-License-Identifier: MIT */
/* Sets up a sandbox's /proc, /dev and in-memory file systems. */
#pragma once
#include "base/err.h"

#define SANDBOX_KERNEL_FILES_DEVICES 6

struct err *sandbox_kernel_files_tmpfs(const char *path, const char *options, unsigned long more) MUST_CHECK;
/* Opens the machine's devices while its files are visible; -1 for each one it lacks. */
void sandbox_kernel_files_take_devices(int ret_nodes[static SANDBOX_KERNEL_FILES_DEVICES]);
struct err *sandbox_kernel_files_fill_dev(const int *nodes) MUST_CHECK;
/* Makes a proc file system for this process namespace, not mounted yet. If parts of the machine's own are
 * masked, as in a container, the kernel denies ordinary users an unmasked one; mounting the machine's own
 * would show all its processes. */
struct err *sandbox_kernel_files_make_proc(int *ret_fd) MUST_CHECK;
/* Mounts it, and makes the same parts read-only as OCI runtimes do. */
struct err *sandbox_kernel_files_mount_proc(int proc) MUST_CHECK;
/* Hides the parts that OCI runtimes hide, using the sandbox's own /dev/null; call once /dev is filled. */
struct err *sandbox_kernel_files_cover_proc(void) MUST_CHECK;

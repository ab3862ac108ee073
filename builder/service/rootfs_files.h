/* SPDX-License-Identifier: MIT */
/* Reads rootfs/: files that every image gets unchanged. */
#pragma once
#include "service/service_set.h"

/* Reads share/rootfs/manifest and the files that it lists into the set. */
struct err *rootfs_files_read(struct service_set *s, const char *share) MUST_CHECK;

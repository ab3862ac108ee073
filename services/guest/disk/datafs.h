/* SPDX-License-Identifier: MIT */
/* The file system for data: finds, makes, checks, grows and mounts it. Whether it is whole, its label says:
 * while mke2fs runs it has another label. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "disk/partition.h"

#define DATAFS_NAME "mkbench-data"

/* Finds a whole disk for the data alone, which takes precedence over the image's own partition: its serial
 * number is DATAFS_NAME (so that a blank one can be recognised), or its file system has that label. An error
 * with the code ENOENT when there is none; another error when there are two, since one may be a copy. */
struct err *datafs_find_disk(struct partition *ret) MUST_CHECK;

/* What the image's own partition for data holds. ELSEWHERE: datafs_leave was called on it. */
enum datafs_use { DATAFS_BLANK, DATAFS_USED, DATAFS_ELSEWHERE };
enum datafs_use datafs_use(const struct partition *p);
/* Notes on the image's own partition, if it is writable, that the data are on another disk. A later start
 * without that disk must not begin with no data, or with older data that this partition still has. */
struct err *datafs_leave(const struct partition *p) MUST_CHECK;

/* Leaves a whole file system on p: made where nothing is, repaired where one is. Fails if the partition holds
 * a foreign or unrepairable file system, which is not changed. Fails if it is blank unless may_be_new. root
 * is the system whose mke2fs, tune2fs, e2fsck, resize2fs and blkid are used, with /dev and /proc mounted. */
struct err *datafs_prepare(const struct partition *p, const char *root, bool may_be_new) MUST_CHECK;
/* Mounts it at root/data and grows it to all of p. */
struct err *datafs_mount(const struct partition *p, const char *root) MUST_CHECK;

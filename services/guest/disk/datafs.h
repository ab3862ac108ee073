/* SPDX-License-Identifier: MIT */
/* The data partition's file system: made when there is none, checked, grown, mounted. What is there
 * is asked of the file system itself: while it is being made it has another label, and only a label
 * that says "whole" is believed. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "disk/partition.h"

#define DATAFS_NAME "mkbench-data"

/* A whole disk for the data alone, which goes before the image's own partition: one whose serial number is
 * DATAFS_NAME (so an empty one can be known) or whose file system has that label. An error whose code is
 * ENOENT when there is none, another one when there are two: one may be a copy. */
struct err *datafs_find_disk(struct partition *ret) MUST_CHECK;

/* What the image's own partition for data holds. ELSEWHERE: datafs_leave was there. */
enum datafs_use { DATAFS_BLANK, DATAFS_USED, DATAFS_ELSEWHERE };
enum datafs_use datafs_use(const struct partition *p);
/* Notes on the image's own partition, unless it cannot be written, that the data are on a disk of their
 * own: a later start without that disk must not begin with none, or with older ones that this partition
 * has and that stay as they are. */
struct err *datafs_leave(const struct partition *p) MUST_CHECK;

/* Leaves a whole file system on p: made where nothing is, repaired where one is. Fails if the partition holds
 * a foreign or unrepairable file system, which is not changed. Fails if it is blank unless may_be_new. root
 * is the system whose mke2fs, tune2fs, e2fsck, resize2fs and blkid are used, with /dev and /proc mounted. */
struct err *datafs_prepare(const struct partition *p, const char *root, bool may_be_new) MUST_CHECK;
/* Mounts it at root/data and lets it have all of p. */
struct err *datafs_mount(const struct partition *p, const char *root) MUST_CHECK;

/* The data partition's file system: made when there is none, checked, grown, mounted. What is there is asked of the
 * file system itself: while it is being made it has another label, and only a label that says "whole" is believed. */
#pragma once
#include "base/err.h"
#include "partition.h"

/* root is the system whose mke2fs, tune2fs, e2fsck and resize2fs are used, with /dev and /proc mounted; the file system
 * is mounted at root/data. Data that cannot be repaired is never replaced. */
struct err *datafs_mount(const struct partition *p, const char *root) MUST_CHECK;

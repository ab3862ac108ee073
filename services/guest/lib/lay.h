/* SPDX-License-Identifier: MIT */
/* Copies a tree of the image into the volume, by several threads, and by reflink where the file system can.
 */
#pragma once
#include "base/err.h"
#include "lib/account.h"

/* from is a folder; to must not exist; the folder that it goes into must. Keeps owners and modes, not times.
 * Leaves out everything that is not a folder, a file or a link. Does not sync: call durable_sync_all. */
struct err *lay_tree(const char *from, const char *to) MUST_CHECK;
/* The same into a folder of that user, who may change it meanwhile: everything is made with his rights and
 * belongs to him. */
struct err *lay_tree_as(const char *from, const char *to, const struct account *as) MUST_CHECK;

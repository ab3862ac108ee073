/* SPDX-License-Identifier: MIT */
/* A tree of the image laid into the volume: by several threads at once, by reference
 * where the file system can. */
#pragma once
#include "base/err.h"
#include "lib/account.h"

/* from is a folder, to must not be there; the folder that it goes into must. Owners and modes are kept, times
 * are not; what is neither a folder, a file nor a link is left out. Not forced to disk: durable_sync_all. */
struct err *lay_tree(const char *from, const char *to) MUST_CHECK;
/* The same into a folder of that user, who may change it meanwhile: everything is made by him, and is his. */
struct err *lay_tree_as(const char *from, const char *to, const struct account *as) MUST_CHECK;

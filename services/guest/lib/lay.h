/* SPDX-License-Identifier: MIT */
/* A tree of the image laid into the volume: by several threads at once, by reference where the file system can. */
#pragma once
#include "base/err.h"

/* from is a folder, to must not be there; the folder that it goes into must. Owners and modes are kept, times are not; what is
 * neither a folder, a file nor a link is left out. Not forced to disk: durable_sync_all. */
struct err *lay_tree(const char *from, const char *to) MUST_CHECK;

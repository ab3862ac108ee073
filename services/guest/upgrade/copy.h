/* SPDX-License-Identifier: MIT */
/* A tree of the volume copied beside it: by reference where the file system can
 * (reflink), else byte by byte. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* from is a file, a link or a folder, to must not be there; the folder that it goes into must. Owners, modes
 * and times are kept; links are copied as links and followed nowhere; sockets, pipes and devices are left
 * out. A line for each is added to list, paths as shown: kind ('f' 'd' 'l'), size, digest or '-' (of what was
 * not read), path. What goes away meanwhile is left out. Not forced to disk: durable_sync_all. */
struct err *copy_tree(const char *from, const char *to, const char *shown, struct text *list) MUST_CHECK;
/* The same without a list, for who only reads it: each file is a further name of the same one where the file
 * system has that, which takes no room and shows what is written to it later. The folders are others: nobody
 * changes under the reader what a name leads to. */
struct err *copy_linked(const char *from, const char *to) MUST_CHECK;
uint64_t copy_size(const char *from);	    /* bytes on the disk, of all that is below */
bool copy_by_reference(const char *folder); /* whether files below this folder can be */

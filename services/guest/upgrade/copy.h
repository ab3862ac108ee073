/* SPDX-License-Identifier: MIT */
/* Copies a tree of the volume: by reflink where the file system can, else byte by byte. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* from is a file, a link or a folder; to must not exist; the folder that it goes into must. Keeps owners,
 * modes and times; copies links as links and follows none; leaves out sockets, pipes and devices, and what
 * disappears meanwhile. Adds a line to list for each, with paths as in shown: kind ('f' 'd' 'l'), size,
 * digest or '-' (for files that were not read), path. Does not sync: call durable_sync_all. */
struct err *copy_tree(const char *from, const char *to, const char *shown, struct text *list) MUST_CHECK;
/* The same without a list, for a reader: files become hard links of the originals where the file system can,
 * which takes no room and shows later writes. The folders are new: nobody can change what a name leads to
 * while it is read. */
struct err *copy_linked(const char *from, const char *to) MUST_CHECK;
uint64_t copy_size(const char *from);	    /* bytes on the disk, of everything below */
bool copy_by_reference(const char *folder); /* whether files below this folder can be reflinked */

/* SPDX-License-Identifier: MIT */
/* Writes tar headers: ustar, preceded by a pax record only for what ustar cannot hold (POSIX.1-2017, pax,
 * "ustar Interchange Format" and "pax Header Block"). Names are bytes, owners are numbers: one entry has
 * exactly one header. */
#pragma once
#include <stdint.h>

#include "base/text.h"
#include "tree/tree.h"

#define TAR_BLOCK 512u
#define TAR_END (2 * TAR_BLOCK) /* zero bytes that end an archive */

/* Appends the header blocks of an entry, ENTRY_FILE to ENTRY_FIFO; only files have a size. */
void tar_header(struct text *out, const struct entry *e);
/* The number of zero bytes that follow content of that size. */
unsigned tar_padding(uint64_t size_bytes);

/* SPDX-License-Identifier: MIT */
/* The tail of a pack's blob. All numbers are little-endian; a string is its length
 * (u32), its bytes and a NUL.
 *
 *   members   u32 count, then each: string name, u32 mode, string bytes
 *   conffiles u32 count, then each: string path, string MD5 in hex or ""
 *   entries   u32 count, then each: u8 kind, u32 mode, u32 uid, u32 gid, u64 mtime,
 *             string path, string link or "", u32 major, u32 minor,
 *             u64 size, u64 offset, 32 bytes SHA-256
 *
 * compressed as one zstd frame, and after it a footer of 40 bytes: u64 length of the
 * data before the index, u64 its unpacked length, u64 length of the index, u64 its unpacked
 * length, and PACK_FORMAT. */
#pragma once
#include "base/text.h"
#include "layer/deb/cached_package.h"

#define PACK_FORMAT "mkpack 2" /* changes with the content of a pack: older ones are made again */

/* Appends index and footer of a pack to out. */
void cached_package_index_write(const struct cached_package *p, struct text *out);
/* Reads all of p but deb and blob from a blob's descriptor; every number is checked. */
struct err *cached_package_index_read(int fd, uint64_t size_bytes, struct cached_package *p) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* The kinds of output, a row each. A new one is a row here and its writer: of a disk in
 * build/build_disk.c's table, its code in disk/. */
#pragma once
#include <stdbool.h>

#include "base/text.h"

/* word in a recipe, suffix of its file, whether it is a disk; and of one that QEMU reads as it is: what QEMU
 * calls the format, the four bytes that each such file begins with (QEMU's docs/interop/qcow2.rst, VMware's
 * Virtual Disk Format 5.0), whether QEMU can write it, too (not compressed grains of VMware's) */
#define OUTPUT_ROWS(X)                                              \
	X(OCI, "oci", ".oci", false, NULL, NULL, false)             \
	X(DOCKER, "docker", ".tar", false, NULL, NULL, false)       \
	X(RAW, "raw", ".raw", true, "raw", NULL, true)              \
	X(QCOW2, "qcow2", ".qcow2", true, "qcow2", "QFI\xfb", true) \
	X(VMDK, "vmdk", ".vmdk", true, "vmdk", "KDMV", false)       \
	X(RAW_ZST, "raw.zst", ".raw.zst", true, NULL, NULL, false)

#define OUTPUT_MEMBER(id, ...) OUTPUT_##id,
enum output { OUTPUT_ROWS(OUTPUT_MEMBER) OUTPUT_COUNT };
#undef OUTPUT_MEMBER

struct output_row {
	const char *suffix; /* NAME-VERSION and this are the file's name */
	bool is_disk;
	const char *qemu_format; /* or NULL */
	const char *magic;	 /* or NULL: any bytes */
	bool qemu_writes;
};

extern const struct output_row output_rows[OUTPUT_COUNT];
extern const char *const output_words[OUTPUT_COUNT + 1]; /* as a recipe has them, NULL-terminated */

/* The row by the end of a file's name, or NULL. */
const struct output_row *output_of_file(const char *path);
/* "raw, qcow2, vmdk and raw.zst": those that are disks; the last one behind that word. */
void output_list_disks(const char *and_or, struct text *ret);

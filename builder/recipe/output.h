/* SPDX-License-Identifier: MIT */
/* The kinds of output, one row each. To add one, write a row here and a writer: for a disk, a row in
 * build/build_disk.c's table and its code in disk/. */
#pragma once
#include <stdbool.h>

#include "base/text.h"

/* word in a recipe, suffix of its file, whether it is a disk. For one that QEMU reads directly also: QEMU's
 * name of the format, the four bytes that each file begins with (QEMU's docs/interop/qcow2.rst, VMware's
 * Virtual Disk Format 5.0), whether QEMU can also write it (it cannot write VMware's compressed grains) */
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
	const char *suffix; /* the file's name is NAME-VERSION and this */
	bool is_disk;
	const char *qemu_format; /* or NULL */
	const char *magic;	 /* or NULL: any bytes */
	bool qemu_writes;
};

extern const struct output_row output_rows[OUTPUT_COUNT];
extern const char *const output_words[OUTPUT_COUNT + 1]; /* as a recipe has them, NULL-terminated */

/* The row that matches the end of a file's name, or NULL. */
const struct output_row *output_of_file(const char *path);
/* The outputs that are disks: "raw, qcow2, vmdk and raw.zst"; and_or joins the last one. */
void output_list_disks(const char *and_or, struct text *ret);

/* SPDX-License-Identifier: MIT */
/* The kinds of output, a row each. A new one is a row here and its writer: of a disk in build/build_disk.c's table, its code in disk/. */
#pragma once
#include <stdbool.h>

#include "base/text.h"

/* word in a recipe, suffix of its file, whether it is a disk, what QEMU calls the format of one that it reads as it is */
#define OUTPUT_ROWS(X)                            \
	X(OCI, "oci", ".oci", false, NULL)        \
	X(DOCKER, "docker", ".tar", false, NULL)  \
	X(RAW, "raw", ".raw", true, "raw")        \
	X(QCOW2, "qcow2", ".qcow2", true, "qcow2") \
	X(VMDK, "vmdk", ".vmdk", true, "vmdk")    \
	X(RAW_ZST, "raw.zst", ".raw.zst", true, NULL)

#define OUTPUT_MEMBER(id, word, suffix, is_disk, qemu) OUTPUT_##id,
enum output { OUTPUT_ROWS(OUTPUT_MEMBER) OUTPUT_COUNT };
#undef OUTPUT_MEMBER

struct output_row {
	const char *suffix;      /* NAME-VERSION and this are the file's name */
	bool is_disk;
	const char *qemu_format; /* or NULL */
};

extern const struct output_row output_rows[OUTPUT_COUNT];
extern const char *const output_words[OUTPUT_COUNT + 1]; /* as a recipe has them, NULL-terminated */

/* The row by the end of a file's name, or NULL. */
const struct output_row *output_of_file(const char *path);
/* "raw, qcow2, vmdk and raw.zst": those that are disks; the last one behind that word. */
void output_list_disks(const char *and_or, struct text *ret);

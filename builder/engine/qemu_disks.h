/* SPDX-License-Identifier: MIT */
/* The disks of a virtual machine: the image, which is not changed, and the data. */
#pragma once
#include "engine/engine.h"

/* Values of QEMU's -drive; freed by qemu_disks_done. */
struct qemu_disks {
	char *image;		/* as id=image */
	char *data;		/* as id=data; or NULL: the data is on the image's overlay */
	char *code, *variables; /* the firmware's, engine/firmware.h; or NULL */
};

/* folder is the machine's own. Without l->data, writes are kept there in an overlay that fits only this
 * image. With l->data, they go to that file, which is created if it is missing and can be used with any
 * image. */
struct err *qemu_disks_prepare(const struct launch *l, const char *folder, struct qemu_disks *ret) MUST_CHECK;
void qemu_disks_done(struct qemu_disks *d);
#define AUTO_QEMU_DISKS __attribute__((cleanup(qemu_disks_done)))

/* Whether a path that does not exist yet is named like a disk. */
bool qemu_disks_is_named(const char *path);

/* Runs one of QEMU's programs; its first words become the error. */
struct err *qemu_disks_command(const char *const *argv) MUST_CHECK;

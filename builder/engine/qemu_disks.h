/* SPDX-License-Identifier: MIT */
/* What a virtual machine sees as its disks: the image, which stays as it is, and the data. */
#pragma once
#include "engine/engine.h"

/* Values of QEMU's -drive; released by qemu_disks_done. */
struct qemu_disks {
	char *image;		/* as id=image */
	char *data;		/* as id=data; or NULL: the image carries its data */
	char *code, *variables; /* the firmware's, engine/firmware.h; or NULL */
};

/* folder is the machine's own. Without l->data what it writes is kept there, in an overlay
 * that lies on this image and no other; with it, in that file, which is made when it is
 * missing, and any image may come with it. */
struct err *qemu_disks_prepare(const struct launch *l, const char *folder, struct qemu_disks *ret) MUST_CHECK;
void qemu_disks_done(struct qemu_disks *d);
#define AUTO_QEMU_DISKS __attribute__((cleanup(qemu_disks_done)))

/* Whether a name that nothing has yet is to be a disk's. */
bool qemu_disks_is_named(const char *path);

/* Runs a program of QEMU's; its first words are the error's. */
struct err *qemu_disks_command(const char *const *argv) MUST_CHECK;

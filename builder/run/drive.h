/* SPDX-License-Identifier: MIT */
/* What a virtual machine sees as its disks: the image, which stays as it is, and the data. */
#pragma once
#include "run/engine.h"

/* Values of QEMU's -drive; released by drive_done. */
struct drive {
	char *image;             /* as id=image */
	char *data;              /* as id=data; or NULL: the image carries its data */
	char *code, *variables;  /* the firmware's, run/firmware.h; or NULL */
};

/* folder is the machine's own. Without l->data what it writes is kept there, in an overlay that lies on this image and no
 * other; with it, in that file, which is made when it is missing, and any image may come with it. */
struct err *drive_prepare(const struct launch *l, const char *folder, struct drive *ret) MUST_CHECK;
void drive_done(struct drive *d);
#define AUTO_DRIVE __attribute__((cleanup(drive_done)))

/* Whether a name that nothing has yet is to be a disk's. */
bool drive_is_named(const char *path);

/* A comma within an option's value is written twice; the caller's to free. */
char *drive_option(const char *head, const char *value);
/* Runs a program of QEMU's; its first words are the error's. */
struct err *drive_command(const char *const *argv) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Runs a bootable disk: QEMU with a private network for one machine. The image lies below an overlay, so it
 * is not changed. Inside, one of our programs answers on a serial port (services/guest/tools/agent.h), so
 * everything that works for a container works for a disk.
 *
 *   $XDG_DATA_HOME/mkbench/NAME/    (~/.local/share/mkbench/NAME/)
 *     disk         what the machine has written: its data
 *     base         the image below it
 *     raw          the image, decompressed
 *     console      its output on the serial console
 *     qemu.pid     locked while it runs
 *     agent, qmp   sockets
 *
 * With --data, the data is in that file instead of disk: see engine/qemu_disks.h. */
#pragma once
#include "engine/engine.h"

extern const struct engine qemu_row;

/* Whether a path names a disk: .raw, .qcow2, .vmdk or .raw.zst. */
bool qemu_is_disk(const char *path);
/* Fills an image struct that stands for a disk; ERR_USAGE if it does not exist. */
struct err *qemu_open(const char *path, struct oci_image *ret) MUST_CHECK;
/* ERR_BUILD: the guest reports that it does not start, and why. ERR_SYSTEM: the machine is paused because the
 * host has no space for its writes; when there is space again, calling this resumes it. */
struct err *qemu_check(const char *name) MUST_CHECK;
/* Runs argv in the running machine of that name, prints its output and exits with its status; returns only on
 * failure. */
struct err *qemu_inside(const char *name, const char *const *argv) MUST_CHECK;

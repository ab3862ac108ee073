/* SPDX-License-Identifier: MIT */
/* A bootable disk as something that runs: QEMU with its own network of one machine, the image below an
 * overlay, so that it stays as it is. Inside is a program of ours that answers on a serial port
 * (services/guest/tools/agent.h), and so everything that is asked of a container can be asked of a disk.
 *
 *   $XDG_DATA_HOME/mkbench/NAME/    (~/.local/share/mkbench/NAME/)
 *     disk         what the machine has written: its data; base: the image it lies on; raw: that unpacked.
 * With --data these are not asked: see drive.h console      what it said on its serial console qemu.pid
 * locked while it runs; agent, qmp: sockets */
#pragma once
#include "engine/engine.h"

extern const struct engine qemu_row;

/* Whether a path is a disk, by its name: .raw, .qcow2, .vmdk or .raw.zst. */
bool qemu_is_disk(const char *path);
/* A bundle that stands for a disk; ERR_USAGE when it is not there. */
struct err *qemu_open(const char *path, struct oci_image *ret) MUST_CHECK;
/* ERR_BUILD: the guest says that it does not start, and why. ERR_SYSTEM: it stands still, because there is no
 * room for what it writes; with room again it goes on, once this is asked. */
struct err *qemu_check(const char *name) MUST_CHECK;
/* Runs argv in the running machine of that name, prints what it says and exits with its
 * status; returns when it cannot. */
struct err *qemu_inside(const char *name, const char *const *argv) MUST_CHECK;

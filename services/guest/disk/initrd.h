/* SPDX-License-Identifier: MIT */
/* Process 1 of a disk until its root is mounted: loads modules, finds the root by its root hash (roothash=
 * on the kernel's command line), sets up dm-verity over it, puts an overlay in memory above it, mounts the
 * data partition (mkbench.data=PARTUUID=…) and starts systemd. On an error it writes the reason to the
 * console and switches the machine off after a minute, so that the machine never waits for somebody in vain.
 */
#pragma once

int initrd_main(int argc, char **argv);

/* SPDX-License-Identifier: MIT */
/* Process 1 of a disk until its root is there: loads modules, finds the root by its root hash (roothash= of
 * the kernel's command line) and has each block of it verified, covers it with memory, mounts the data
 * partition (mkbench.data=PARTUUID=…) and hands over to systemd. What goes wrong is said on the console, and
 * the machine is switched off after a minute: it never waits for somebody in vain. */
#pragma once

int initrd_main(int argc, char **argv);

/* SPDX-License-Identifier: MIT */
/* Writes what a disk's console shows above the login: /etc/issue.d/50-mkbench.issue, which agetty(8) prints.
 * Rewrites it on every change: what the bench does, its addresses, who may log in. */
#pragma once

int console_main(int argc, char **argv);

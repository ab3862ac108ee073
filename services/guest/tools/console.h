/* SPDX-License-Identifier: MIT */
/* What a disk's console shows above the login: /etc/issue.d/50-mkbench.issue, which agetty(8) prints,
 * rewritten when something has changed: what the bench is doing, where it is reached, who may log in. */
#pragma once

int console_main(int argc, char **argv);

/* SPDX-License-Identifier: MIT */
/* What systemd starts on a disk in place of init: turns credentials (credential.h) into the environment
 * variables of the same names that a container would get, then becomes init. A secret is passed as NAME_FILE
 * and stays in its file. */
#pragma once

int disk_start_main(int argc, char **argv);

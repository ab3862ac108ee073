/* SPDX-License-Identifier: MIT */
/* What systemd starts on a disk instead of init: the settings that a machine was given as credentials
 * (credential.h) become the environment variables that a container is given, under the same names; then it
 * becomes init. A secret is passed as NAME_FILE and stays where it is. */
#pragma once

int disk_start_main(int argc, char **argv);

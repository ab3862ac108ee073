/* SPDX-License-Identifier: MIT */
/* Restores the owners of our own files, after somebody has moved the volume or run chown on it. */
#pragma once
#include "lib/bench.h"

/* Call before any program runs. Gives the files of MariaDB, Redis, root and the bench back to them and logs
 * it; leaves foreign files. ERR_SYSTEM names a path, the owner it needs, and the command. */
struct err *owners_restore(const struct bench *b) MUST_CHECK;
/* Gives what a tool run by root has left in folder to folder's owner. */
struct err *owners_give(const char *folder, const struct account *owner) MUST_CHECK;

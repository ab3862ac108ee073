/* SPDX-License-Identifier: MIT */
/* A temporary MariaDB without network, in an empty folder of the volume. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"

#define SCRATCH "/.mariadb.scratch" /* below DATA, because our own folder is for root alone */

struct scratch {
	char *folder, *data, *socket; /* DATA/.mariadb.scratch, and below it */
	pid_t pid;
};

/* Starts it. options NULL: without the image's configuration. Else with that and these options (NULL-
 * terminated). */
struct err *scratch_start(const struct bench *b, const char *const *options, struct scratch *ret) MUST_CHECK;
/* stops it in order and keeps its folder. ERR_SYSTEM: it did not stop in order */
struct err *scratch_stop(struct scratch *s) MUST_CHECK;
void scratch_end(struct scratch *s); /* ends the server and removes the folder */

/* SPDX-License-Identifier: MIT */
/* A MariaDB of its own, without network, on a folder of the volume that is filled from nothing. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"

#define SCRATCH "/.mariadb.scratch" /* below DATA: our own folder is root's alone */

struct scratch {
	char *folder, *data, *socket; /* DATA/.mariadb.scratch, and what it holds */
	pid_t pid;
};

/* Without the image's own configuration; with options, NULL-terminated and not NULL, with it and them. */
struct err *scratch_start(const struct bench *b, const char *const *options, struct scratch *ret) MUST_CHECK;
/* in order; its folder stays. ERR_SYSTEM: it ended otherwise */
struct err *scratch_stop(struct scratch *s) MUST_CHECK;
void scratch_end(struct scratch *s); /* ends the server and removes the folder */

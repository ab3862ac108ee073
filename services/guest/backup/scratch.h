/* SPDX-License-Identifier: MIT */
/* A MariaDB of its own, without network, on a folder of the volume that is filled from nothing. */
#pragma once
#include "lib/bench.h"

struct scratch {
	char *folder, *data, *socket; /* DATA/mariadb.scratch (our own folder is root's alone), and what it holds */
	pid_t pid;
};

/* Without the image's own configuration; with options, NULL-terminated and not NULL, with it and them. */
struct err *scratch_start(const struct bench *b, const char *const *options, struct scratch *ret) MUST_CHECK;
/* A dump into a new schema; its tables and rows must be those of the manifest: {TABLE: rows}. */
struct err *scratch_import(const char *socket, const char *schema, const char *dump, const json_t *tables) MUST_CHECK;
struct err *scratch_stop(struct scratch *s) MUST_CHECK; /* in order; its folder stays. ERR_SYSTEM: it ended otherwise */
void scratch_end(struct scratch *s); /* ends the server and removes the folder */

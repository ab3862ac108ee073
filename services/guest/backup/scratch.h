/* SPDX-License-Identifier: MIT */
/* A MariaDB of its own, without network, on a folder of the volume that is filled from nothing. */
#pragma once
#include "lib/bench.h"

struct scratch {
	char *folder, *data, *socket; /* DATA/mariadb.scratch (our own folder is root's alone), and what it holds */
	pid_t pid;
};

struct err *scratch_start(const struct bench *b, struct scratch *ret) MUST_CHECK;
/* A dump into a new schema; its tables and rows must be those of the manifest: {TABLE: rows}. */
struct err *scratch_import(const char *socket, const char *schema, const char *dump, const json_t *tables) MUST_CHECK;
void scratch_end(struct scratch *s); /* ends the server and removes the folder */

/* SPDX-License-Identifier: MIT */
/* Turns the processes of an existing bench into lines of a recipe. */
#pragma once
#include <jansson.h>

#include "base/text.h"

/* Workers, from the bench's settings (a map or NULL) and its Procfile (modified while it is read; or
 * NULL). */
void init_processes_workers(const json_t *root, char *procfile, struct text *out);
/* Ports. For one that something else uses inside an image, prints a note on standard error. */
void init_processes_ports(const json_t *root, struct text *out);

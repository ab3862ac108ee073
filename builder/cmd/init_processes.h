/* SPDX-License-Identifier: MIT */
/* The processes of a bench that is there already, as lines of a recipe. */
#pragma once
#include <jansson.h>

#include "base/text.h"

/* Workers: of the bench's settings, a map or NULL, and of its Procfile, which is cut up, or NULL. */
void init_processes_workers(const json_t *root, char *procfile, struct text *out);
/* Ports; one that something else has inside an image is a note on standard error. */
void init_processes_ports(const json_t *root, struct text *out);

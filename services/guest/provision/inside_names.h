/* SPDX-License-Identifier: MIT */
/* The sites' names on this machine: for programs that make files of pages, and ask for them
 * as a visitor does, at port 80. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"

#define INSIDE_NAMES_PORT 80

/* A file of hosts with the lines for b's sites in place of those that were in it
 * before; the caller's to free. */
char *inside_names_text(const struct bench *b, const char *old);
/* Writes the system's file of hosts where bench.json wants that; a file that cannot
 * be written is said in the log. */
void inside_names_write(const struct bench *b);
/* Whether Nginx may listen there, too: bench.json wants it, and nobody else does. */
bool inside_names_port(const struct bench *b);

/* SPDX-License-Identifier: MIT */
/* The sites' names in /etc/hosts: programs that turn pages into files then reach the sites as a visitor
 * does, at port 80. */
#pragma once
#include <stdbool.h>

#include "lib/bench.h"

#define INSIDE_NAMES_PORT 80

/* The hosts file with new lines for b's sites in place of our former ones; the caller frees it. */
char *inside_names_text(const struct bench *b, const char *old);
/* Writes /etc/hosts where bench.json wants it; logs it when the file cannot be written. */
void inside_names_write(const struct bench *b);
/* Whether nginx may listen there, too: bench.json wants it, and no other program does. */
bool inside_names_port(const struct bench *b);

/* SPDX-License-Identifier: MIT */
/* Writes the lines of nginx's map from host to site. */
#pragma once
#include "lib/bench.h"

/* The text inside `map $host $site { }`. ready says of each site whether it may be reached; the others map
 * to "-" and the site's name. A host that two sites claim belongs to the first. Invalid and overlong host
 * names are left out. */
char *nginx_map_text(const struct bench *b, const bool *ready);

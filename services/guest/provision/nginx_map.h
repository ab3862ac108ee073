/* SPDX-License-Identifier: MIT */
/* The lines of nginx's map from host to site. */
#pragma once
#include "lib/bench.h"

/* Text for the inside of `map $host $site { }`. ready says of each site of the bench whether it may be
 * reached; the others map to "-" and the site's name. A host that two sites claim belongs to the first; what
 * is no host name, or longer than one can be, is left out. */
char *nginx_map_text(const struct bench *b, const bool *ready);

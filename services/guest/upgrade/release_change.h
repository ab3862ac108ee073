/* SPDX-License-Identifier: MIT */
/* What differs between an image and the data that it finds, in a line for a person. */
#pragma once
#include "lib/bench.h"

/* "shop 1.0 -> 1.1, stock 0.3 (b39eea4 -> 90c1a3d), MariaDB 10.11 -> 11.8": from what the volume was
 * committed to to what the image has. site: of its own apps alone; NULL: of all. Empty when nothing differs,
 * or nobody knows what the data are of. The caller's. */
char *release_change(const struct bench *b, const char *site);

/* SPDX-License-Identifier: MIT */
/* Describes in a line for a person what differs between an image and the data that it finds. */
#pragma once
#include "lib/bench.h"

/* "shop 1.0 -> 1.1, stock 0.3 (b39eea4 -> 90c1a3d), MariaDB 10.11 -> 11.8": from the committed release to
 * the image's. site: only its own apps; NULL: all. Empty when nothing differs, or the data's release is
 * unknown. The caller frees it. */
char *release_change(const struct bench *b, const char *site);

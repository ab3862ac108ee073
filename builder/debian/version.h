/* SPDX-License-Identifier: MIT */
/* Debian versions, ordered as deb-version(7) says. */
#pragma once

/* Below, at or above zero as a sorts before, with or after b. Any text is
 * accepted; a missing epoch is 0, a missing revision sorts as "0". */
int version_compare(const char *a, const char *b);

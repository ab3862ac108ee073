/* SPDX-License-Identifier: MIT */
/* Compares Debian versions by the rules of deb-version(7). */
#pragma once

/* Less than, equal to or greater than zero if a sorts before, with or after b. Any text is accepted; a
 * missing epoch is 0, a missing revision sorts as "0". */
int version_compare(const char *a, const char *b);

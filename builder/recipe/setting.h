/* SPDX-License-Identifier: MIT */
/* Names of MariaDB's settings, as the server takes them: - and _ alike, shortened, with a
 * word such as "loose-" before them. */
#pragma once
#include <stdbool.h>

struct setting_refusal {
	const char *name; /* the variable that is meant, in full */
	const char *why;  /* "write 'buffer_pool' of mariadb" */
};
/* Whether a name means, or is short for, a variable that no recipe may set. A shortened name that means no
 * other is one, too: which one the server takes it for changes with its version. */
bool setting_refused(const char *name, struct setting_refusal *ret);

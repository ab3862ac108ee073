/* SPDX-License-Identifier: MIT */
/* Names of MariaDB's settings, as the server takes them: - and _ alike, shortened, with a
 * word such as "loose-" before them. */
#pragma once
#include <stdbool.h>

struct setting_refusal {
	const char *name; /* the variable that is meant, in full */
	const char *why;  /* "write 'buffer_pool' of mariadb" */
};
/* Whether a name means, or is short for, a variable that no recipe may set, or one that may not have this
 * value (NULL: none). A shortened name that means no other is one, too: which one the server takes it for
 * changes with its version. What stays allowed though it names files or code: plugin_load and plugin_load_add
 * take names without a path, from the image's packages alone; init_connect runs with the rights of who
 * connects; secure_file_priv only takes rights away; ssl_* and ft_stopword_file are read, as the user mysql,
 * and the server's trial knows whether they are there. */
bool setting_refused(const char *name, const char *value, struct setting_refusal *ret);

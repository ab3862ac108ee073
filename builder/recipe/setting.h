/* SPDX-License-Identifier: MIT */
/* Recognises MariaDB's settings by name as the server does: '-' equals '_', names may be shortened, and a
 * prefix such as "loose-" may precede them. */
#pragma once
#include <stdbool.h>

struct setting_refusal {
	const char *name; /* the variable's full name */
	const char *why;  /* "write 'buffer_pool' of mariadb" */
};
/* Whether a name means, or abbreviates, a variable that no recipe may set, or that may not have this value
 * (NULL: none). A short name that matches only such a variable counts, too: what the server takes it for
 * depends on its version. Some variables that name files or code are still allowed: plugin_load and
 * plugin_load_add take names without a path, only from the image's packages; init_connect runs with the
 * rights of the client; secure_file_priv only removes rights; ssl_* and ft_stopword_file are read as user
 * mysql, and the server's trial checks that they exist. */
bool setting_refused(const char *name, const char *value, struct setting_refusal *ret);

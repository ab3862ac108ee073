/* SPDX-License-Identifier: MIT */
/* Puts small files aside that a power cut has torn and that keep a server from starting. Files without data
 * of their own go to .mkbench/torn/, and the log says so; files with data are left to a person. */
#pragma once
#include "lib/bench.h"

/* After MariaDB has ended: whether its last words name such files; they are put aside then. */
bool torn_sql(const struct bench *b, const char *log);
/* Call before MariaDB starts after a stop that was not clean. */
void torn_aria(const struct bench *b);
/* Call before MariaDB starts: puts a folder aside that stands in place of a file which MariaDB makes itself;
 * logs a folder in place of a file with data. */
void torn_folders(const struct bench *b);
/* Call before nginx starts: removes incomplete uploads and answers, which nobody needs any more. */
void torn_nginx(const struct bench *b);
/* What MariaDB has written to that log since its last start; the caller frees it. */
char *torn_sql_says(const char *log);
/* Whether the file exists and is empty or begins with a zero byte. */
bool torn_is_hollow(const char *path);
/* Moves it into .mkbench/torn/ and logs that; false, with a warning, when it cannot. */
bool torn_put_aside(const struct bench *b, const char *folder, const char *name);

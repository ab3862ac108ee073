/* SPDX-License-Identifier: MIT */
/* Small files beside the data that a power cut leaves torn, and that then keep a server from
 * ever starting. What holds no data of its own is put aside, in .mkbench/torn/, and said; what
 * holds data is left to a person. */
#pragma once
#include "lib/bench.h"

/* MariaDB has ended: whether its last words name such files, which are now aside. */
bool torn_sql(const struct bench *b, const char *log);
/* Before MariaDB starts after a stop that was not clean. */
void torn_aria(const struct bench *b);
/* Before MariaDB starts: a folder in the place of a file that it makes anew is put aside; of one in the place
 * of a file that holds data it is said. */
void torn_folders(const struct bench *b);
/* Before nginx starts: halves of uploads and answers, which nobody asks for any more. */
void torn_nginx(const struct bench *b);
/* What MariaDB has said in that log since it was started last; the caller's. */
char *torn_sql_says(const char *log);
/* The file is there and has no byte but zeros at its beginning. */
bool torn_is_hollow(const char *path);
/* Into .mkbench/torn/, and says so; false, with a warning, when that cannot be. */
bool torn_put_aside(const struct bench *b, const char *folder, const char *name);

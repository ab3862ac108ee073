/* SPDX-License-Identifier: MIT */
/* Small files beside the data that a power cut leaves torn, and that then keep a server from
 * ever starting. What holds no data of its own is put aside, in .mkbench/torn/, and said; what
 * holds data is left to a person. */
#pragma once
#include "lib/bench.h"

/* MariaDB has ended: whether its last words name such files, which are now aside. */
bool torn_sql(const struct bench *b, const char *log);
/* Before MariaDB starts. */
void torn_aria(const struct bench *b);
/* Before Redis starts: a manifest or a snapshot without a byte in it. */
void torn_redis(const struct bench *b, const struct bench_redis *r);
/* Before nginx starts: halves of uploads and answers, which nobody asks for any more. */
void torn_nginx(const struct bench *b);
/* What MariaDB has said in that log since it was started last; the caller's. */
char *torn_sql_says(const char *log);

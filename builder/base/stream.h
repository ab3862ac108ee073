/* SPDX-License-Identifier: MIT */
/* Standard output that cannot command a terminal: a program that prints words of others prints
 * all of its words through this. */
#pragma once
#include <stdio.h>

/* In place of *stream, which stays what is written to in the end: what a reader cannot see
 * becomes question marks (base/utf8.h), each line goes out as it ends, a character when it is
 * whole. Once, before anything is printed. */
void stream_plain(FILE **stream);

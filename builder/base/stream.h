/* SPDX-License-Identifier: MIT */
/* Makes standard output safe for terminals: a program that prints text from outside prints everything through
 * this. */
#pragma once
#include <stdio.h>

/* Replaces *stream by one that writes to it: characters that a reader cannot see become question marks
 * (base/utf8.h), and lines are written as they end, characters only when complete. Call once, before anything
 * is printed. */
void stream_plain(FILE **stream);

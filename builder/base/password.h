/* SPDX-License-Identifier: MIT */
/* Reads passwords from a file or a terminal, never from a command line, and wipes them after use. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* Reads the first line of a file; "-" is standard input. ERR_USAGE if it is empty. The caller ends it with
 * password_done. */
struct err *password_read(const char *path, char **ret) MUST_CHECK;
/* Asks at the terminal without echo. twice: asks a second time, and both must be the same. ERR_USAGE if there
 * is no terminal; hint says what to do then. */
struct err *password_ask(const char *prompt, bool twice, const char *hint, char **ret) MUST_CHECK;
void password_done(char **password); /* NULL is fine */
#define AUTO_PASSWORD __attribute__((cleanup(password_done)))

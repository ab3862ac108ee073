/* SPDX-License-Identifier: MIT */
/* Passwords: from a file or a terminal, never from a command line, and wiped when they are done with. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* A file's first line, "-" is standard input: ERR_USAGE when that is empty. The
 * caller's, to end with password_done. */
struct err *password_read(const char *path, char **ret) MUST_CHECK;
/* Asks at the terminal, which does not show what is typed; twice says that it is asked for again and must be
 * the same. ERR_USAGE where there is no terminal; hint says there what to do. */
struct err *password_ask(const char *prompt, bool twice, const char *hint, char **ret) MUST_CHECK;
void password_done(char **password); /* NULL is fine */
#define AUTO_PASSWORD __attribute__((cleanup(password_done)))

/* SPDX-License-Identifier: MIT */
/* MariaDB over its Unix socket. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct sql;

/* password NULL: the operating system's user answers for it (unix_socket). base may be NULL. */
struct err *sql_open(const char *socket, const char *user, const char *password, const char *base,
		     unsigned limit_seconds, struct sql **ret) MUST_CHECK;
void sql_close(struct sql *s); /* NULL is fine */
void sql_closep(struct sql **s);
#define AUTO_SQL __attribute__((cleanup(sql_closep)))

/* Tries until a SELECT is answered. */
struct err *sql_wait(const char *socket, const char *user, unsigned limit_ms, struct sql **ret) MUST_CHECK;

/* Runs one statement. In the format %s is for names that we have made; values go through sql_quoted. */
struct err *sql_run(struct sql *s, const char *fmt, ...) MUST_CHECK PRINTF(2, 3);
/* The first column of the first row as a number, 0 when there is no row. */
struct err *sql_number(struct sql *s, int64_t *ret, const char *fmt, ...) MUST_CHECK PRINTF(3, 4);
/* The same as a text, the caller's; NULL when there is no row. */
struct err *sql_text(struct sql *s, char **ret, const char *fmt, ...) MUST_CHECK PRINTF(3, 4);
/* A string literal with its quotes, the caller's. */
char *sql_quoted(struct sql *s, const char *text);
/* The name of a database or a table with its backquotes, the caller's. */
char *sql_backquoted(const char *name);

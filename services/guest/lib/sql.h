/* SPDX-License-Identifier: MIT */
/* MariaDB over its Unix socket. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct sql;

/* password NULL: login by the operating system's user (unix_socket). base may be NULL. */
struct err *sql_open(const char *socket, const char *user, const char *password, const char *base,
		     unsigned limit_seconds, struct sql **ret) MUST_CHECK;
void sql_close(struct sql *s); /* NULL is fine */
void sql_closep(struct sql **s);
#define AUTO_SQL __attribute__((cleanup(sql_closep)))

/* Tries until a SELECT is answered. */
struct err *sql_wait(const char *socket, const char *user, unsigned limit_ms, struct sql **ret) MUST_CHECK;

/* Runs one statement. %s in the format is for names that we have made; other values go through sql_quoted. */
struct err *sql_run(struct sql *s, const char *fmt, ...) MUST_CHECK PRINTF(2, 3);
/* The first column of the first row as a number, 0 when there is no row. */
struct err *sql_number(struct sql *s, int64_t *ret, const char *fmt, ...) MUST_CHECK PRINTF(3, 4);
/* The same as a text, which the caller frees; NULL when there is no row. */
struct err *sql_text(struct sql *s, char **ret, const char *fmt, ...) MUST_CHECK PRINTF(3, 4);
/* A string literal with its quotes; the caller frees it. */
char *sql_quoted(struct sql *s, const char *text);
/* The name of a database or a table in backquotes; the caller frees it. */
char *sql_backquoted(const char *name);

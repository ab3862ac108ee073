/* SPDX-License-Identifier: MIT */
#include "lib/sql.h"

#include <mysql.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

struct sql {
	MYSQL my;
};

struct err *sql_open(const char *socket, const char *user, const char *password, const char *base,
		     unsigned limit_seconds, struct sql **ret)
{
	struct sql *s = mem_new(sizeof *s);

	mysql_init(&s->my);
	mysql_options(&s->my, MYSQL_OPT_CONNECT_TIMEOUT, &limit_seconds);
	mysql_options(&s->my, MYSQL_OPT_READ_TIMEOUT, &limit_seconds);
	mysql_options(&s->my, MYSQL_OPT_WRITE_TIMEOUT, &limit_seconds);
	mysql_options(&s->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(&s->my, NULL, user, password, base, 0, socket, 0)) {
		*ret = s;
		return NULL;
	}
	struct err *e = err_new(ERR_SYSTEM, "MariaDB refuses %s: %s", user, mysql_error(&s->my));
	sql_close(s);
	return e;
}

void sql_close(struct sql *s)
{
	if (!s)
		return;
	mysql_close(&s->my);
	free(s);
}

void sql_closep(struct sql **s)
{
	sql_close(*s);
}

struct err *sql_wait(const char *socket, const char *user, unsigned limit_ms, struct sql **ret)
{
	int64_t until = clock_ms() + limit_ms, one = 0;

	for (;;) {
		struct sql *s = NULL;
		struct err *e = sql_open(socket, user, NULL, NULL, 600, &s);
		if (!e)
			e = sql_number(s, &one, "SELECT 1");
		if (!e) {
			*ret = s;
			return NULL;
		}
		sql_close(s);
		if (clock_ms() > until)
			return err_wrap(e, "MariaDB does not answer after %u s", limit_ms / 1000);
		err_free(e);
		clock_sleep(50);
	}
}

static struct err *query(struct sql *s, const char *text)
{
	if (!mysql_real_query(&s->my, text, strlen(text)))
		return NULL;
	/* The message leaves the statement out: it may hold a password. */
	return err_new(ERR_SYSTEM, "MariaDB, %.*s ...: %s", (int)strcspn(text, "`'("), text,
		       mysql_error(&s->my));
}

struct err *sql_run(struct sql *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *text = mem_vprintf(fmt, ap);
	va_end(ap);

	TRY(query(s, text));
	MYSQL_RES *rows = mysql_store_result(&s->my);
	mysql_free_result(rows);
	return NULL;
}

/* The first column of the first row; the caller frees it. NULL: no row, or SQL's NULL. */
static struct err *first_value(struct sql *s, const char *text, char **ret)
{
	TRY(query(s, text));
	MYSQL_RES *rows = mysql_store_result(&s->my);
	MYSQL_ROW row = rows ? mysql_fetch_row(rows) : NULL;
	*ret = row && row[0] ? mem_dup(row[0]) : NULL;
	mysql_free_result(rows);
	return rows ? NULL : err_new(ERR_SYSTEM, "MariaDB: %s", mysql_error(&s->my));
}

struct err *sql_number(struct sql *s, int64_t *ret, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *text = mem_vprintf(fmt, ap), *value = NULL;
	va_end(ap);

	TRY(first_value(s, text, &value));
	*ret = value ? strtoll(value, NULL, 10) : 0;
	return NULL;
}

struct err *sql_text(struct sql *s, char **ret, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *text = mem_vprintf(fmt, ap);
	va_end(ap);

	return first_value(s, text, ret);
}

char *sql_quoted(struct sql *s, const char *text)
{
	size_t len = strlen(text);
	AUTO_FREE char *escaped = mem_array(2 * len + 1, 1);

	mysql_real_escape_string(&s->my, escaped, text, (unsigned long)len);
	return mem_printf("'%s'", escaped);
}

char *sql_backquoted(const char *name)
{
	struct text t = { 0 };

	text_put(&t, "`");
	for (; *name; name++)
		text_printf(&t, *name == '`' ? "``" : "%c", *name);
	text_put(&t, "`");
	return text_take(&t);
}

/* SPDX-License-Identifier: MIT */
#include "backup/dump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/child.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"

#define LIMIT_SECONDS 86400

struct reading {
	struct digest_run *digest;
	json_t *tables;
	char *table; /* the table whose rows follow, or NULL */
	json_int_t bytes, rows;
	bool whole;
};

static void note(struct reading *r)
{
	if (r->table)
		json_object_set_new(
			r->tables, r->table,
			json_integer(json_integer_value(json_object_get(r->tables, r->table)) + r->rows));
	free(r->table);
	r->table = NULL;
	r->rows = 0;
}

/* The name in backquotes after head; the caller frees it. NULL when the line begins otherwise. */
static char *name_after(const char *line, const char *head, const char **ret_rest)
{
	struct text name = { 0 };

	if (!text_starts(line, head))
		return NULL;
	const char *c = line + strlen(head);
	for (; *c && (*c != '`' || c[1] == '`'); c += *c == '`' ? 2 : 1)
		text_add(&name, c, 1);
	*ret_rest = *c ? c + 1 : c;
	return text_take(&name);
}

/* mariadb-dump writes one row a line; a row has no line break inside. */
static void see(struct reading *r, const char *line)
{
	const char *rest = "";
	char *table = name_after(line, "CREATE TABLE `", &rest);

	if (table) {
		json_object_set_new(r->tables, table, json_integer(0));
		free(table);
	} else if ((table = name_after(line, "INSERT INTO `", &rest))) {
		note(r);
		r->table = table;
		r->rows = text_starts(rest, " VALUES (");
	} else if (r->table && *line == '(') {
		r->rows++;
	}
	r->whole |= text_starts(line, "-- Dump completed");
}

static struct err *read_dump(const char *path, struct reading *r)
{
	AUTO_FREE char *line = NULL;
	size_t room = 0;
	ssize_t n;
	FILE *in = fopen(path, "re");

	if (!in)
		return err_errno(errno, "%s", path);
	while ((n = getline(&line, &room, in)) > 0) {
		digest_feed(r->digest, line, (size_t)n);
		r->bytes += n;
		see(r, line);
	}
	note(r);
	struct err *e = ferror(in) ? err_errno(errno, "%s", path) : NULL;
	fclose(in);
	return e;
}

static struct err *describe(const char *path, json_t **ret)
{
	struct reading r = { .digest = digest_start(), .tables = json_object() };
	char hex[DIGEST_HEX];
	struct err *e = read_dump(path, &r);
	struct digest d = digest_finish(r.digest);

	if (!e && !r.whole)
		e = err_new(ERR_SYSTEM, "%s ends before its end", path);
	*ret = e ? NULL :
		   json_pack("{s:I, s:s, s:O}", "bytes", r.bytes, "sha256", digest_hex(&d, hex), "tables",
			     r.tables);
	json_decref(r.tables);
	return e;
}

struct err *dump_site(const struct bench *b, const char *db_name, const char *path, json_t **ret)
{
	AUTO_FREE char *socket = mem_printf("--socket=%s", b->sql_socket),
		       *to = mem_printf("--result-file=%s", path), *output = NULL;
	const char *const argv[] = {
		"/usr/bin/mariadb-dump",
		"--no-defaults",
		"--user=root",
		socket,
		"--single-transaction",
		"--quick",
		"--routines",
		"--triggers",
		"--events",
		"--hex-blob",
		"--default-character-set=utf8mb4",
		"--max-allowed-packet=1G",
		to,
		"--", /* what comes is a name, whatever it looks like */
		db_name,
		NULL,
	};
	struct child c = { .argv = argv, .limit_seconds = LIMIT_SECONDS };
	int status = 0;

	TRY(child_run(&c, &output, NULL, &status));
	if (status == 127)
		return err_new(ERR_SYSTEM,
			       "%s is not in this image: base.packages: [mariadb-client] brings it", argv[0]);
	if (status)
		return err_new(ERR_SYSTEM,
			       "database %s cannot be dumped: mariadb-dump ended with status %d: %.200s",
			       db_name, status, output);
	TRY(describe(path, ret));
	json_object_set_new(*ret, "database", json_string(db_name));
	return NULL;
}

struct err *dump_check(const char *path, const json_t *made)
{
	json_t *is = NULL;

	TRY(describe(path, &is));
	bool same = json_equal(json_object_get(is, "sha256"), json_object_get(made, "sha256"));
	json_decref(is);
	return same ? NULL : err_new(ERR_SYSTEM, "%s is not as it was made: the backup is damaged", path);
}

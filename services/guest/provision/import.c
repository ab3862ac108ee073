/* SPDX-License-Identifier: MIT */
#include "provision/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "provision/dump_feed.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/command.h"
#include "lib/log.h"
#include "lib/reason.h"
#include "lib/sql.h"
#include "provision/site_account.h"

#define IMPORT_SECONDS 86400

static struct err *compare(struct sql *root, const char *schema, const json_t *tables)
{
	AUTO_FREE char *quoted = sql_quoted(root, schema);
	int64_t count = 0;
	const char *table;
	json_t *rows;

	TRY(sql_number(root, &count,
		       "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND "
		       "TABLE_SCHEMA = %s",
		       quoted));
	if (count != (int64_t)json_object_size(tables))
		return err_new(ERR_SYSTEM, "restored are %lld tables of %zu", (long long)count,
			       json_object_size(tables));
	json_object_foreach((json_t *)tables, table, rows)
	{
		AUTO_FREE char *base = sql_backquoted(schema), *name = sql_backquoted(table);
		TRY(sql_number(root, &count, "SELECT COUNT(*) FROM %s.%s", base, name));
		if (count != json_integer_value(rows))
			return err_new(ERR_SYSTEM, "restored are %lld rows of %lld of table %s",
				       (long long)count, json_integer_value(rows), table);
	}
	return NULL;
}

/* The client runs as the bench's user with the site's account. So commands for the client and statements
 * about other databases have no further rights. */
static struct err *feed_client(const struct import *i, int fd)
{
	AUTO_FREE char *at = mem_printf("--socket=%s", i->socket),
		       *user = mem_printf("--user=%s", i->user ? i->user : "root");
	AUTO_FREE char *password = mem_printf("MYSQL_PWD=%s", i->user ? i->password : ""), *output = NULL;
	const char *const set[] = { password, NULL };
	const char *const argv[] = {
		"/usr/bin/mariadb",
		"--no-defaults",
		"--sandbox",
		"--local-infile=0",
		"--default-character-set=utf8mb4",
		"--max-allowed-packet=1G",
		user,
		at,
		i->schema,
		NULL,
	};
	struct child c = {
		.argv = argv,
		.set = set,
		.cwd = "/",
		.input_fd = fd,
		.limit_seconds = IMPORT_SECONDS,
		.goes_on = command_works,
		.as_user = i->as,
		.uid = i->as ? i->as->uid : 0,
		.gid = i->as ? i->as->gid : 0,
	};
	int status = 0;

	TRY(child_run(&c, &output, NULL, &status));
	AUTO_FREE char *why = status ? reason_in(output) : NULL;
	return status ? err_new(ERR_SYSTEM, "the dump %s cannot be read into a database: %s", i->dump, why) :
			NULL;
}

struct err *import_dump(const struct import *i)
{
	AUTO_FREE char *base = sql_backquoted(i->schema);
	AUTO_SQL struct sql *root = NULL;
	pid_t pid;
	int fd;

	TRY(sql_open(i->socket, "root", NULL, NULL, 3600, &root));
	TRY(sql_run(root, "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", base));
	if (i->user)
		TRY(site_account_make(root, i->schema, i->user, i->password));
	TRY(dump_feed_start(i->dump, &fd, &pid));
	struct err *e = feed_client(i, fd), *fed;
	close(fd);
	fed = dump_feed_end(i->dump, pid);
	if (e || !fed)
		err_free(fed);
	else
		e = fed;
	return e || !i->tables ? e : compare(root, i->schema, i->tables);
}

void import_drop(const char *socket, const char *schema)
{
	AUTO_SQL struct sql *root = NULL;
	AUTO_FREE char *base = sql_backquoted(schema);
	struct err *e = sql_open(socket, "root", NULL, NULL, 60, &root);

	if (!e)
		e = sql_run(root, "DROP DATABASE IF EXISTS %s", base);
	if (!e)
		e = site_account_drop(root, schema);
	if (e)
		log_err(e, "the new database %s of a restore that failed", schema);
}

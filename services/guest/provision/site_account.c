/* SPDX-License-Identifier: MIT */
#include "provision/site_account.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "lib/durable.h"

struct err *site_account_config(const struct bench *b, const char *site, json_t **ret)
{
	AUTO_FREE char *below = mem_printf("/sites/%s/site_config.json", site),
		       *path = bench_in_data(b, below);
	bool damaged;

	TRY(durable_read_json_as(&b->user, path, ret, &damaged));
	return *ret ? NULL : err_new(ERR_SYSTEM, "site_config.json is missing or damaged");
}

/* Not one that the server, which forgets blanks at the end of a name, would take for another, nor one that is
 * an option of its programs. */
static bool is_plain(const char *name, size_t longest)
{
	size_t len = strlen(name);

	return len && len <= longest && *name != '-' && !name[strcspn(name, " \t\n")] &&
	       utf8_hidden(name, len) == len;
}

struct err *site_account_check(const char *config, const char *db_name, const char *db_user)
{
	static const char *const users[] = { "root", "mysql", "mariadb.sys", "PUBLIC" };
	static const char *const schemas[] = { "mysql", "sys", "information_schema", "performance_schema" };

	bool fine = is_plain(db_user, 80) && is_plain(db_name, 64);

	for (size_t i = 0; i < COUNT(users); i++)
		fine &= strcasecmp(db_user, users[i]) != 0;
	for (size_t i = 0; i < COUNT(schemas); i++)
		fine &= strcasecmp(db_name, schemas[i]) != 0;
	return fine ? NULL :
		      err_new(ERR_SYSTEM, "%s names account '%s' and database '%s', which are no site's",
			      config, db_user, db_name);
}

/* In a GRANT, _ and % in a schema's name are wildcards. */
static char *as_pattern(const char *name)
{
	AUTO_FREE char *quoted = sql_backquoted(name);
	struct text t = { 0 };

	for (const char *c = quoted; *c; c++)
		text_printf(&t, *c == '_' || *c == '%' || *c == '\\' ? "\\%c" : "%c", *c);
	return text_take(&t);
}

static const char *const hosts[] = { "localhost", "127.0.0.1" };

struct err *site_account_drop(struct sql *root, const char *user)
{
	AUTO_FREE char *name = sql_quoted(root, user);

	for (size_t i = 0; i < COUNT(hosts); i++)
		TRY(sql_run(root, "DROP USER IF EXISTS %s@'%s'", name, hosts[i]));
	return NULL;
}

struct err *site_account_make(struct sql *root, const char *schema, const char *user, const char *password)
{
	AUTO_FREE char *name = sql_quoted(root, user), *word = sql_quoted(root, password),
		       *pattern = as_pattern(schema);

	for (size_t i = 0; i < COUNT(hosts); i++) {
		TRY(sql_run(root, "CREATE USER IF NOT EXISTS %s@'%s' IDENTIFIED BY %s", name, hosts[i],
			    word));
		TRY(sql_run(root, "ALTER USER %s@'%s' IDENTIFIED BY %s", name, hosts[i], word));
		TRY(sql_run(root, "GRANT ALL PRIVILEGES ON %s.* TO %s@'%s'", pattern, name, hosts[i]));
	}
	return NULL;
}

struct err *site_account_open(const struct bench *b, const json_t *config, unsigned limit_seconds,
			      struct sql **ret)
{
	const char *base = json_string_value(json_object_get(config, "db_name"));
	const char *user = json_string_value(json_object_get(config, "db_user"));
	const char *password = json_string_value(json_object_get(config, "db_password"));

	if (!base || !password)
		return err_new(ERR_SYSTEM, "site_config.json is missing or damaged");
	TRY(site_account_check("site_config.json", base, user ? user : base));
	return sql_open(b->sql_socket, user ? user : base, password, base, limit_seconds, ret);
}

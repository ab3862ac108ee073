/* SPDX-License-Identifier: MIT */
#include "tools/verify_stores.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/redis.h"
#include "provision/site_account.h"

#define LIMIT_MS 5000

static struct err *read_table(const struct bench *b, const json_t *config, int64_t *ret_tables,
			      char **ret_table, int64_t *ret_rows)
{
	AUTO_SQL struct sql *s = NULL;
	int64_t others;

	TRY(site_account_open(b, config, LIMIT_MS / 1000, &s));
	TRY(sql_number(s, ret_tables,
		       "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"));
	TRY(sql_text(s, ret_table,
		     "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
		     "AND table_type = 'BASE TABLE' ORDER BY table_name LIMIT 1"));
	if (!*ret_table)
		return err_new(ERR_SYSTEM, "its database has no table");
	AUTO_FREE char *table = sql_backquoted(*ret_table);
	TRY(sql_number(s, ret_rows, "SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT 1000) AS some", table));
	TRY(sql_number(s, &others,
		       "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name NOT IN "
		       "('information_schema', DATABASE())"));
	return others ? err_new(ERR_SYSTEM, "its account sees %d databases that are not the site's",
				(int)others) :
			NULL;
}

void verify_stores_sql(struct ctl_verify *v)
{
	for (size_t i = 0; i < v->bench->sites.count; i++) {
		const char *site = v->bench->sites.items[i].name;
		AUTO_FREE char *table = NULL;
		json_t *config = NULL;
		int64_t tables = 0, rows = 0;
		struct err *e = site_account_config(v->bench, site, &config);

		if (!e)
			e = read_table(v->bench, config, &tables, &table, &rows);
		json_decref(config);
		ctl_verify_row(v, site, e, "%lld tables, %lld rows in %s, no other database to be seen",
			       (long long)tables, (long long)rows, table);
	}
}

/* The word after a directive in a redis.conf; "" when it is absent; the caller frees it. */
static char *directive(const char *conf, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = conf; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (!strncmp(line, name, len) && line[len] == ' ')
			return mem_ndup(line + len + 1, strcspn(line + len + 1, " \r\n"));
	return mem_dup("");
}

static struct err *setting(const struct bench_redis *r, const char *conf, const char *name, char **ret)
{
	AUTO_FREE char *wanted = directive(conf, name), *found = NULL;
	json_t *reply = NULL;

	TRY(redis_query(r, LIMIT_MS, &reply, "CONFIG GET %s", name));
	const char *value = json_string_value(json_array_get(reply, 1));
	found = mem_dup(value ? value : "");
	json_decref(reply);
	if (strcmp(wanted, found))
		return err_new(ERR_SYSTEM, "%s is '%s', its configuration says '%s'", name, found, wanted);
	*ret = TAKE(found);
	return NULL;
}

static struct err *configuration(const struct bench_redis *r, char **ret)
{
	AUTO_FREE char *path = NULL;
	json_t *info = NULL;
	size_t len;

	TRY(redis_query(r, LIMIT_MS, &info, "INFO %s", "server"));
	const char *text = json_string_value(info), *file = text ? strstr(text, "\nconfig_file:") : NULL;
	path = file ? mem_ndup(file + 13, strcspn(file + 13, "\r\n")) : mem_dup("");
	json_decref(info);
	if (!*path)
		return err_new(ERR_SYSTEM, "it was started without a configuration file");
	return file_read(path, 1 << 20, ret, &len);
}

static struct err *check_instance(const struct bench_redis *r, char **ret_says)
{
	AUTO_FREE char *conf = NULL, *memory = NULL, *policy = NULL, *append = NULL;
	char size[16];

	TRY(redis_probe(r, LIMIT_MS));
	TRY(configuration(r, &conf));
	TRY(setting(r, conf, "maxmemory", &memory));
	TRY(setting(r, conf, "maxmemory-policy", &policy));
	TRY(setting(r, conf, "appendonly", &append));
	*ret_says = mem_printf("%s, %s, %s",
			       strcmp(memory, "0") ? text_size(strtod(memory, NULL), size) : "no bound",
			       policy, strcmp(append, "yes") ? "not logged" : "each write logged");
	return NULL;
}

void verify_stores_redis(struct ctl_verify *v)
{
	for (size_t i = 0; i < v->bench->redis.count; i++) {
		const struct bench_redis *r = &v->bench->redis.items[i];
		AUTO_FREE char *says = NULL;
		struct err *e = check_instance(r, &says);
		ctl_verify_row(v, r->name, e, "%s", says);
	}
}

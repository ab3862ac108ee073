/* SPDX-License-Identifier: MIT */
/* Makes, adopts, repairs and drops a site's database and account. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/crash.h"
#include "lib/log.h"
#include "provision/kept_cache.h"
#include "provision/prebaked.h"
#include "provision/site_account.h"

static const char *const hosts[] = { "localhost", "127.0.0.1" };

/* Makes the account that site_config.json names, with rights on its schema alone. */
static struct err *set_account(struct sql *root, const struct site *s)
{
	TRY(site_account_check(s->config, s->db_name, s->db_user));
	return site_account_make(root, s->db_name, s->db_user, s->db_password);
}

static struct err *count_tables(struct sql *root, const char *name, int64_t *ret)
{
	AUTO_FREE char *schema = sql_quoted(root, name);

	return sql_number(root, ret, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s",
			  schema);
}

/* Removes what an attempt of ours has left: the ledger says that it has begun and has not finished. */
static struct err *wipe(struct provision_context *w, const struct site *s)
{
	AUTO_FREE char *schema = sql_backquoted(s->db_name);
	AUTO_FREE char *user = sql_quoted(w->root, s->db_user);

	log_line("site %s: an earlier attempt did not finish: it is removed and begun again", s->row->name);
	TRY(sql_run(w->root, "DROP DATABASE IF EXISTS %s", schema));
	for (size_t i = 0; i < COUNT(hosts); i++)
		TRY(sql_run(w->root, "DROP USER IF EXISTS %s@'%s'", user, hosts[i]));
	kept_cache_forget(&w->bench);
	return file_remove_tree(s->folder);
}

/* Before the first attempt nothing of that name may exist: later it could not be told from ours. */
static struct err *check_free(struct provision_context *w, const struct site *s)
{
	int64_t tables = 0;

	if (file_folder_holds(s->folder))
		return err_new(ERR_SYSTEM,
			       "%s is there but is no whole site, and not of our making: move it away",
			       s->folder);
	TRY(count_tables(w->root, s->db_name, &tables));
	if (tables)
		return err_new(ERR_SYSTEM, "database %s holds tables, but no site of ours: move them away",
			       s->db_name);
	return NULL;
}

/* Adopts a site that somebody has put there whole, by hand or from a backup. */
static struct err *adopt(struct provision_context *w, const struct site *s)
{
	int64_t tables = 0;

	TRY(count_tables(w->root, s->db_name, &tables));
	if (!tables)
		return err_new(
			ERR_SYSTEM,
			"%s names database '%s', which holds nothing: restore it, or move the folder away",
			s->config, s->db_name);
	log_line("site %s was put here whole: adopted", s->row->name);
	TRY(ledger_begin(w->ledger, s->name));
	TRY(site_keep_copy(w, s));
	return ledger_done(w->ledger, s->name);
}

struct err *site_database(struct provision_context *w, struct site *s, bool *ret_did)
{
	AUTO_FREE char *schema = sql_backquoted(s->db_name);
	AUTO_FREE char *step = mem_printf("database/%s", s->row->name);
	enum ledger_state state = ledger_state(w->ledger, s->name);

	*ret_did = state != LEDGER_DONE;
	if (state == LEDGER_DONE)
		return NULL;
	if (s->made)
		return adopt(w, s);
	if (!prebaked_waits(w, s->row->name))
		TRY(state == LEDGER_BEGUN ? wipe(w, s) : check_free(w, s));
	if (state != LEDGER_BEGUN)
		TRY(ledger_begin(w->ledger, s->name));
	TRY(sql_run(w->root,
		    "CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
		    schema));
	crash_at(step, "mid");
	return set_account(w->root, s);
}

/* Repairs a finished site's account: a password that was changed in site_config.json, lost rights. */
static struct err *repair(struct provision_context *w, const struct site *s)
{
	int64_t tables = 0;

	if (!*s->db_name || access(s->folder, F_OK) < 0)
		return err_new(ERR_SYSTEM,
			       "%s was made, but is gone: restore it, or make it again with benchctl "
			       "add-site --again",
			       s->folder);
	TRY(site_account_check(s->config, s->db_name, s->db_user));
	TRY(count_tables(w->root, s->db_name, &tables));
	if (!tables)
		return err_new(ERR_SYSTEM,
			       "database %s of site %s is gone or empty: restore it from a backup",
			       s->db_name, s->row->name);
	return set_account(w->root, s);
}

struct err *site_database_check(struct provision_context *w, struct site *s, bool *ret_did)
{
	*ret_did = false;
	TRY(repair(w, s));
	return site_keep_copy(w, s);
}

struct err *site_database_forget(struct provision_context *w, const struct site *s)
{
	AUTO_FREE char *name = site_default_name(s->row->name);
	int64_t tables = 0;

	if (ledger_state(w->ledger, s->name) != LEDGER_DONE || !access(s->folder, F_OK))
		return NULL;
	TRY(count_tables(w->root, name, &tables));
	if (tables)
		return err_new(ERR_SYSTEM,
			       "site %s has lost its folder, but database %s holds tables: restore the "
			       "folder, or drop the database",
			       s->row->name, name);
	TRY(site_database_unlist(w, s->row->name));
	return ledger_forget(w->ledger, s->name);
}

struct err *site_database_unlist(struct provision_context *w, const char *site)
{
	for (size_t i = 0; i < w->bench.finish.count; i++) {
		AUTO_FREE char *step = mem_printf("finish/%s/%s", site, w->bench.finish.items[i].name);
		TRY(ledger_forget(w->ledger, step));
	}
	return NULL;
}

/* MariaDB cannot rename a schema, but moves tables between schemas, each as a whole. */
static struct err *move_tables(struct provision_context *w, const char *site, const char *from,
			       const char *to)
{
	AUTO_FREE char *schema = sql_backquoted(from);
	AUTO_FREE char *quoted = sql_quoted(w->root, from);
	AUTO_FREE char *step = mem_printf("drop-database/%s", site);

	TRY(sql_run(w->root, "CREATE DATABASE IF NOT EXISTS `%s`", to));
	for (;;) {
		AUTO_FREE char *name = NULL;
		TRY(sql_text(
			w->root, &name,
			"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s LIMIT 1",
			quoted));
		if (!name)
			return NULL;
		AUTO_FREE char *table = sql_backquoted(name);
		TRY(sql_run(w->root, "RENAME TABLE %s.%s TO `%s`.%s", schema, table, to, table));
		crash_at(step, "mid");
	}
}

struct err *site_database_drop(struct provision_context *w, const char *site, const char *db_name,
			       const char *db_user, const char *schema)
{
	AUTO_FREE char *name = sql_backquoted(db_name);
	AUTO_FREE char *user = sql_quoted(w->root, db_user);

	TRY(site_account_check(site, db_name, db_user));
	if (schema)
		TRY(move_tables(w, site, db_name, schema));
	TRY(sql_run(w->root, "DROP DATABASE IF EXISTS %s", name));
	for (size_t i = 0; i < COUNT(hosts); i++)
		TRY(sql_run(w->root, "DROP USER IF EXISTS %s@'%s'", user, hosts[i]));
	return NULL;
}

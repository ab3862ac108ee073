/* SPDX-License-Identifier: MIT */
#include "recipe/setting.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define OURS(key) "write '" key "' of mariadb"
#define IMAGE "the image decides it"
#define VOLUME "the volume decides it"
#define GONE "MariaDB no longer has it and would not start"
#define CLUSTER "a bench has one server; a cluster's runs programs and loads code that the setting names"

static const struct setting_refusal refused[] = {
	{ "innodb_buffer_pool_size", OURS("buffer_pool") },
	{ "max_connections", OURS("max_connections") },
	{ "character_set_server", OURS("character_set") },
	{ "collation_server", OURS("collation") },
	{ "innodb_flush_log_at_trx_commit", OURS("durability") },
	{ "datadir", VOLUME },
	{ "innodb_data_home_dir", VOLUME },
	{ "innodb_log_group_home_dir", VOLUME },
	{ "innodb_data_file_path", VOLUME },
	{ "innodb_undo_directory", VOLUME },
	{ "innodb_page_size", VOLUME },
	{ "aria_log_dir_path", VOLUME },
	{ "log_basename", VOLUME },
	{ "socket", IMAGE },
	{ "port", IMAGE },
	{ "extra_port", IMAGE },
	{ "bind_address", IMAGE },
	{ "user", IMAGE },
	{ "pid_file", IMAGE },
	{ "basedir", IMAGE },
	{ "chroot", IMAGE },
	{ "bootstrap", IMAGE },
	{ "log_error", IMAGE },
	{ "tmpdir", IMAGE },
	{ "innodb_tmpdir", IMAGE },
	{ "slave_load_tmpdir", IMAGE },
	{ "character_sets_dir", IMAGE },
	{ "lc_messages_dir", IMAGE },
	{ "language", IMAGE },
	{ "plugin_dir", "plugins come from the image's packages" },
	{ "init_file", "it would run what a file says with every right on every database" },
	{ "require_secure_transport", "sites come in without TLS, on 127.0.0.1" },
	{ "skip_grant_tables", "it would open every database to everyone" },
	{ "skip_networking", "sites could not reach their database" },
	{ "unix_socket", "the image's own programs come in by it" },
	{ "read_only", "sites could not write" },
	{ "innodb_read_only", "sites could not write" },
	{ "transaction_read_only", "sites could not write" },
	{ "tx_read_only", "sites could not write" },
	{ "innodb_force_recovery", "it is for rescuing a broken database by hand" },
	{ "innodb_file_format", GONE },
	{ "innodb_file_format_max", GONE },
	{ "innodb_large_prefix", GONE },
	{ "wsrep", CLUSTER },
};

/* Variables whose complete name is the beginning of a refused one's. */
static const char *const whole[] = { "innodb", "lc_messages" };

/* Files that the server writes: in its data folder if their name has no slash. */
static const char *const files[] = {
	"debug",
	"general_log_file",
	"innodb_buffer_pool_filename",
	"innodb_temp_data_file_path",
	"log_bin",
	"log_bin_index",
	"log_ddl_recovery",
	"log_isam",
	"log_slow_query_file",
	"log_tc",
	"master_info_file",
	"relay_log",
	"relay_log_index",
	"relay_log_info_file",
	"slow_query_log_file",
};

/* Prefixes that the server accepts before any name (its manual, "Option Prefixes"). The variables of its
 * plugins, including InnoDB, also accept "plugin-". */
static const char *const heads[] = {
	"skip_", "disable_", "enable_", "maximum_", "loose_", "autoset_", "plugin_",
};

static bool find(const char *name, const char *value, struct setting_refusal *ret)
{
	for (size_t i = 0; i < COUNT(whole); i++)
		if (!strcmp(whole[i], name))
			return false;
	for (size_t i = 0; i < COUNT(refused); i++)
		if (*name && text_starts(refused[i].name, name)) {
			*ret = refused[i];
			return true;
		}
	if (text_starts(name, "wsrep_")) {
		*ret = (struct setting_refusal){ "wsrep", CLUSTER };
		return true;
	}
	for (size_t i = 0; value && strchr(value, '/') && i < COUNT(files); i++)
		if (*name && text_starts(files[i], name)) {
			*ret = (struct setting_refusal){ files[i], "it is a file of the server's, among its "
								   "data: a name without '/' is needed" };
			return true;
		}
	return false;
}

bool setting_refused(const char *name, const char *value, struct setting_refusal *ret)
{
	AUTO_FREE char *plain = mem_dup(name);
	const char *at = plain;
	bool more = true;

	for (char *c = plain; (c = strchr(c, '-'));)
		*c = '_';
	while (more) {
		if (find(at, value, ret))
			return true;
		more = false;
		for (size_t i = 0; i < COUNT(heads) && !more; i++)
			if ((more = text_starts(at, heads[i])))
				at += strlen(heads[i]);
	}
	return false;
}

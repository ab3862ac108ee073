/* SPDX-License-Identifier: MIT */
#include "recipe/setting.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define OURS(key) "write '" key "' of mariadb"
#define IMAGE "the image decides it"
#define VOLUME "the volume decides it"
#define GONE "MariaDB no longer has it and would not start"

static const struct setting_refusal refused[] = {
	{ "innodb_buffer_pool_size", OURS("buffer_pool") },
	{ "max_connections", OURS("max_connections") },
	{ "character_set_server", OURS("character_set") },
	{ "collation_server", OURS("collation") },
	{ "innodb_flush_log_at_trx_commit", OURS("durability") },
	{ "datadir", VOLUME },
	{ "innodb_data_home_dir", VOLUME },
	{ "innodb_log_group_home_dir", VOLUME },
	{ "innodb_undo_directory", VOLUME },
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
	{ "skip_grant_tables", "it would open every database to everyone" },
	{ "skip_networking", "sites could not reach their database" },
	{ "unix_socket", "the image's own programs come in by it" },
	{ "read_only", "sites could not write" },
	{ "innodb_read_only", "sites could not write" },
	{ "innodb_force_recovery", "it is for rescuing a broken database by hand" },
	{ "innodb_file_format", GONE },
	{ "innodb_file_format_max", GONE },
	{ "innodb_large_prefix", GONE },
};

/* Variables whose whole name begins a refused one's. */
static const char *const whole[] = { "innodb" };

/* Words that the server takes before any name (its manual, "Option Prefixes"). */
static const char *const heads[] = { "skip_", "disable_", "enable_", "maximum_", "loose_", "autoset_" };

static bool find(const char *name, struct setting_refusal *ret)
{
	for (size_t i = 0; i < COUNT(whole); i++)
		if (!strcmp(whole[i], name))
			return false;
	for (size_t i = 0; i < COUNT(refused); i++)
		if (*name && text_starts(refused[i].name, name)) {
			*ret = refused[i];
			return true;
		}
	return false;
}

bool setting_refused(const char *name, struct setting_refusal *ret)
{
	AUTO_FREE char *plain = mem_dup(name);
	const char *at = plain;
	bool more = true;

	for (char *c = plain; (c = strchr(c, '-'));)
		*c = '_';
	while (more) {
		if (find(at, ret))
			return true;
		more = false;
		for (size_t i = 0; i < COUNT(heads) && !more; i++)
			if ((more = text_starts(at, heads[i])))
				at += strlen(heads[i]);
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
#include "upgrade/upgrade_server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "contract/version_order.h"
#include "lib/command.h"
#include "lib/supervisor.h"
#include "provision/owners.h"
#include "provision/torn.h"
#include "upgrade/release.h"
#include "upgrade/upgrade.h"

/* InnoDB's log has the same format since then; an older log must be emptied by its own server */
#define REDO_LOG_SINCE "10.8"
#define CHANGE_BUFFER_UNTIL "11.0" /* from then on InnoDB has no change buffer */
#define LIMIT_SECONDS 86400	   /* it reads every table */

/* False only when both series are known and equal. */
static bool is_other(const struct bench *b, const json_t *committed)
{
	json_t *image = release_of_image(b);
	bool other =
		!*release_server(committed) || strcmp(release_server(committed), release_server(image)) != 0;

	json_decref(image);
	return other;
}

struct err *upgrade_server_check(const struct bench *b, const json_t *committed)
{
	AUTO_FREE char *stamp = bench_in_data(b, BENCH_OWN "/clean");

	if (!*release_server(committed) || !b->sql_version || !is_other(b, committed) ||
	    !access(stamp, F_OK) || upgrade_record_is_there(b))
		return NULL;
	if (!version_order_is_below(release_server(committed), REDO_LOG_SINCE) &&
	    !version_order_is_below(b->sql_version, REDO_LOG_SINCE))
		return NULL; /* it recovers the log itself; if it cannot, the copy is put back */
	return err_new(ERR_SYSTEM,
		       "the data are MariaDB %s's and were not stopped in order, which MariaDB %s cannot "
		       "mend: start the image before once more, and stop it",
		       release_server(committed), b->sql_version);
}

/* What the server has logged since its start; the caller frees it. */
static struct err *server_says(const struct bench *b, char **ret)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	*ret = NULL;
	TRY(supervisor_list(b, &list));
	for (size_t i = 0; i < list.count && !*ret; i++)
		if (list.items[i].program && list.items[i].program->role == ROLE_MARIADB)
			*ret = torn_sql_says(list.items[i].log);
	*ret = *ret ? *ret : mem_dup("");
	return NULL;
}

/* Measured with 10.11.19 and 11.8.9: the upgrade loses a tenth of the changes that wait in the change
 * buffer, and nothing reports it. The buffer is empty unless somebody has set innodb_change_buffering. After
 * a kill MariaDB must have logged that it is empty. */
static struct err *check_change_buffer(const struct provision_context *w)
{
	const struct bench *b = &w->bench;
	const char *before = release_server(w->upgrade->committed);
	AUTO_FREE char *words = NULL;
	unsigned tablespaces, pages;

	if (!version_order_is_below(before, CHANGE_BUFFER_UNTIL) ||
	    version_order_is_below(b->sql_version, CHANGE_BUFFER_UNTIL))
		return NULL;
	TRY(server_says(b, &words));
	const char *line = strstr(words, "Upgraded the change buffer: ");
	bool said = line && sscanf(line, "Upgraded the change buffer: %u tablespaces, %u pages", &tablespaces,
				   &pages) == 2;
	if (said ? !tablespaces && !pages : access(UPGRADE_UNCLEAN, F_OK) < 0)
		return NULL;
	return err_new(ERR_SYSTEM,
		       "MariaDB %s's change buffer %s empty, and MariaDB %s would lose what is in it: start "
		       "the image before once more, "
		       "run mariadb -e 'SET GLOBAL innodb_fast_shutdown = 0' in it, and stop it",
		       before, said ? "is not" : "may not be", b->sql_version);
}

struct err *upgrade_server(struct provision_context *w, bool *ret_did)
{
	const struct bench *b = &w->bench;
	AUTO_FREE char *socket = mem_printf("--socket=%s", b->sql_socket);
	const char *const argv[] = { "/usr/bin/mariadb-upgrade", "--no-defaults", "--user=root", socket,
				     NULL };
	struct bench_command c = {
		.name = "mariadb-upgrade",
		.argv = argv,
		.env = argv + COUNT(argv) - 1,
		.seconds = LIMIT_SECONDS,
	};

	*ret_did = b->sql_version && is_other(b, w->upgrade->committed);
	if (!*ret_did)
		return NULL;
	TRY(check_change_buffer(w));
	TRY(command_run(b, &c, NULL, NULL, 0, NULL));
	return owners_give(b->sql_data, &b->mysql); /* it writes the version's file as root */
}

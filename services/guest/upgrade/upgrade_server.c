/* SPDX-License-Identifier: MIT */
#include "upgrade/upgrade_server.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "contract/version_order.h"
#include "lib/command.h"
#include "upgrade/release.h"
#include "upgrade/upgrade.h"

#define REDO_LOG_SINCE "10.8" /* InnoDB's log has had one format since then; an older one must have been emptied by its own server */
#define LIMIT_SECONDS 86400 /* it reads every table */

/* False only when both are known to be the same. */
static bool is_other(const struct bench *b, const json_t *committed)
{
	json_t *image = release_of_image(b);
	bool other = !*release_server(committed) || strcmp(release_server(committed), release_server(image)) != 0;

	json_decref(image);
	return other;
}

struct err *upgrade_server_check(const struct bench *b, const json_t *committed)
{
	AUTO_FREE char *stamp = bench_in_data(b, BENCH_OWN "/clean");

	if (!*release_server(committed) || !b->sql_version || !is_other(b, committed) || !access(stamp, F_OK) || upgrade_record_is_there(b))
		return NULL;
	if (!version_order_is_below(release_server(committed), REDO_LOG_SINCE) && !version_order_is_below(b->sql_version, REDO_LOG_SINCE))
		return NULL; /* it recovers them itself; where it cannot, the copy is put back */
	return err_new(ERR_SYSTEM,
		       "the data are MariaDB %s's and were not stopped in order, which MariaDB %s cannot mend: start the image before once more, and stop it",
		       release_server(committed), b->sql_version);
}

struct err *upgrade_server(struct provision_context *w, bool *ret_did)
{
	const struct bench *b = &w->bench;
	AUTO_FREE char *socket = mem_printf("--socket=%s", b->sql_socket);
	const char *const argv[] = { "/usr/bin/mariadb-upgrade", "--no-defaults", "--user=root", socket, NULL };
	struct bench_command c = {
		.name = "mariadb-upgrade",
		.argv = argv,
		.env = argv + COUNT(argv) - 1,
		.seconds = LIMIT_SECONDS,
	};

	*ret_did = b->sql_version && is_other(b, w->upgrade->committed);
	return *ret_did ? command_run(b, &c, NULL, NULL, 0, NULL) : NULL;
}

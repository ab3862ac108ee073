/* SPDX-License-Identifier: MIT */
#include "upgrade/upgrade_record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/durable.h"
#include "lib/sanitize.h"
#include "lib/log.h"
#include "upgrade/release_change.h"

#define SAID BENCH_RUN "/upgrade.json"

static char *path_of(const struct bench *b)
{
	return bench_in_data(b, BENCH_OWN "/upgrade.json");
}

struct err *upgrade_record_read(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *path = path_of(b);
	bool damaged;

	TRY(durable_read_json(path, ret, &damaged));
	return damaged ? err_new(ERR_SYSTEM, "%s is damaged", path) : NULL;
}

const char *upgrade_record_text(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

struct err *upgrade_record_write(const struct bench *b, const char *id, const char *state, const char *why)
{
	AUTO_FREE char *path = path_of(b);
	json_t *all = json_pack("{s:s, s:s, s:s, s:o*}", "id", id, "state", state, "build", b->build, "why",
				why ? sanitize_json(why) : NULL);
	struct err *e = durable_json(path, all, 0600, &durable_root, NULL);

	json_decref(all);
	return e;
}

struct err *upgrade_record_forget(const struct bench *b)
{
	AUTO_FREE char *path = path_of(b), *own = bench_in_data(b, BENCH_OWN);

	if (unlink(path) < 0 && errno != ENOENT)
		return err_errno(errno, "%s", path);
	return durable_sync_folder(own);
}

/* For init, health, benchctl and our own next run in this instance. */
void upgrade_record_tell(const char *id, const char *state, const char *why)
{
	json_t *all = json_pack("{s:s, s:s, s:o*}", "id", id, "state", state, "why",
				why ? sanitize_json(why) : NULL);
	struct err *e = durable_show(SAID, all, 0644);

	json_decref(all);
	if (e)
		log_err(e, "cannot write the upgrade's state");
}

bool upgrade_record_is_there(const struct bench *b)
{
	AUTO_FREE char *path = path_of(b);

	return !access(path, F_OK);
}

bool upgrade_record_is_ours(void)
{
	return !access(SAID, F_OK);
}

/* Whether this instance has tried already and does not try again. */
bool upgrade_record_failed(void)
{
	json_t *said = NULL;
	bool damaged;
	struct err *e = durable_read_json(SAID, &said, &damaged);
	const char *state = upgrade_record_text(said, "state");
	bool failed = !strcmp(state, "back") || !strcmp(state, "held");

	err_free(e);
	json_decref(said);
	return failed;
}

bool upgrade_record_retry(void)
{
	return !unlink(SAID);
}

/* Ends a container, because its platform then starts the former image. systemd would do that on no machine.
 */
bool upgrade_record_ends(const struct bench *b)
{
	bool ends = b->upgrade_failure == UPGRADE_EXITS && access("/run/systemd/system", F_OK) < 0;

	if (ends)
		log_line("this ends, for the image before to be started: the upgrade failed, and the "
			 "recipe's upgrade.on_failure is exit");
	return ends;
}

char *upgrade_record_why(const struct bench *b)
{
	json_t *said = NULL;
	bool damaged;
	struct err *e = durable_read_json(SAID, &said, &damaged);
	bool held = !strcmp(upgrade_record_text(said, "state"), "held");
	AUTO_FREE char *what = release_change(b, NULL);
	char *why = mem_printf("the upgrade%s%s%s failed, %s: %s", *what ? " (" : "", what, *what ? ")" : "",
			       held ? "and waits (benchctl upgrade)" : "and the data are as they were before",
			       upgrade_record_text(said, "why"));

	err_free(e);
	json_decref(said);
	return why;
}

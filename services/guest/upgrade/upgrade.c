/* SPDX-License-Identifier: MIT */
#include "upgrade/upgrade.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "upgrade/release.h"
#include "upgrade/release_change.h"
#include "lib/log.h"
#include "lib/redis.h"
#include "upgrade/snapshot.h"
#include "lib/supervisor.h"
#include "upgrade/upgrade_rehearsal.h"
#include "upgrade/upgrade_server.h"
#include "provision/provision_steps.h"
#include "provision/servers.h"
#include "provision/volume.h"

#define START_MS 60000

/* Turns a path of the volume into a name below it. */
static void add_item(const struct bench *b, json_t *items, const char *path)
{
	size_t len = strlen(b->data);

	if (path && !strncmp(path, b->data, len) && path[len] == '/')
		json_array_append_new(items, json_string(path + len + 1));
}

/* Everything that a start with another image, and its migrations, may change. */
static json_t *list_items(const struct bench *b, const struct ledger *l)
{
	static const char *const files[] = {
		"sites/common_site_config.json",
		".mkbench/common_site_config.image.json",
		".mkbench/common_site_config.copy.json",
		".mkbench/committed.json",
		".mkbench/format.json",
	};
	json_t *items = json_array();

	for (size_t i = 0; i < b->sites.count; i++)
		if (release_is_made(l, b->sites.items[i].name)) {
			AUTO_FREE char *item = mem_printf("sites/%s", b->sites.items[i].name);
			json_array_append_new(items, json_string(item));
		}
	for (size_t i = 0; i < COUNT(files); i++)
		json_array_append_new(items, json_string(files[i]));
	for (size_t i = 0; i < b->redis.count; i++)
		if (!redis_is_cache(&b->redis.items[i]))
			add_item(b, items, b->redis.items[i].data);
	add_item(b, items, b->sql_data);
	return items;
}

static struct err *check_room(const struct bench *b, const json_t *committed)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/ledger");
	struct ledger *l = NULL;
	struct err *e = NULL;

	if (access(path, F_OK) < 0 || upgrade_record_is_there(b))
		return NULL;
	TRY(ledger_open(path, &l));
	if (release_is_due(b, l, committed)) {
		json_t *items = list_items(b, l);
		e = snapshot_room(b, items);
		json_decref(items);
	}
	ledger_close(l);
	return e;
}

/* The copy that MKBENCH_BACK names, or NULL. */
static const char *asked_back(const struct bench *b)
{
	const char *id = getenv("MKBENCH_BACK");

	return id && *id && !strchr(id, '/') && *id != '.' && snapshot_is_there(b, id) ? id : NULL;
}

static bool is_committed(const struct bench *b, const char *id)
{
	json_t *committed = NULL;
	struct err *e = release_read(b, &committed);
	bool so = !e && !strcmp(upgrade_record_text(committed, "upgrade"), id);

	err_free(e);
	json_decref(committed);
	return so;
}

/* The copy that the next start puts back, by the rules of settle(); the caller frees it; NULL: none. */
static char *due_back(const struct bench *b)
{
	const char *asked = asked_back(b);
	json_t *known = NULL;
	struct err *e = asked ? NULL : upgrade_record_read(b, &known);
	const char *id = asked ? asked : upgrade_record_text(known, "id");
	bool stays = !*id || (!asked && strcmp(upgrade_record_text(known, "state"), "back") != 0 &&
			      is_committed(b, id));
	char *copy = stays ? NULL : mem_dup(id);

	err_free(e); /* whoever needs it reports the error */
	json_decref(known);
	return copy;
}

char *upgrade_format(const struct bench *b)
{
	AUTO_FREE char *id = due_back(b),
		       *kept = mem_printf("%s" BENCH_OWN "/before/%s" BENCH_OWN "/format.json", b->data,
					  id ? id : "");

	return id && !access(kept, F_OK) ? TAKE(kept) : bench_in_data(b, BENCH_OWN "/format.json");
}

struct err *upgrade_check(const struct bench *b, bool ours)
{
	AUTO_FREE char *format = upgrade_format(b);
	json_t *committed;

	TRY(upgrade_rehearsal_check(b));
	if (asked_back(b))
		return servers_check(b, format);
	TRY(release_read(b, &committed));
	struct err *e = release_check(b, committed);
	if (!e)
		e = servers_check(b, format);
	if (!e && ours)
		e = upgrade_server_check(b, committed);
	if (!e && ours)
		e = check_room(b, committed);
	json_decref(committed);
	return e;
}

bool upgrade_is_due(const struct bench *b, const struct ledger *l)
{
	json_t *committed = NULL;
	struct err *e = release_read(b, &committed);
	bool due = upgrade_record_is_there(b) || (!e && release_is_due(b, l, committed));

	err_free(e); /* whoever needs it reports the error */
	json_decref(committed);
	return due;
}

struct err *upgrade_ask_back(const struct bench *b)
{
	const char *id = asked_back(b), *wanted = getenv("MKBENCH_BACK");

	if (!id && wanted && *wanted)
		log_line("MKBENCH_BACK: no copy '%s' is kept any more: nothing is put back", wanted);
	return id ? upgrade_record_write(b, id, "back", "asked for by MKBENCH_BACK") : NULL;
}

/* Without its socket Supervisor has started nothing but nginx: it starts the others only when asked. */
static struct err *stop_all_programs(const struct bench *b)
{
	if (access(b->supervisor_socket, F_OK) < 0)
		return NULL;
	TRY(supervisor_stop_phase(b, PHASE_BENCH, START_MS));
	return supervisor_stop_phase(b, PHASE_STORES, START_MS);
}

static struct err *put_back(struct provision_context *w, const char *id, const char *as, const char *why)
{
	AUTO_FREE char *note = mem_printf("upgrade %s: the data are as they were before: %s", id, why);

	AUTO_FREE char *clean = mem_printf("%s" BENCH_OWN "/before/%s/clean", w->bench.data, id);
	bool was_clean = !access(clean, F_OK);

	crash_at("put-back", "before");
	TRY(stop_all_programs(&w->bench));
	sql_close(w->root);
	w->root = NULL;
	TRY(upgrade_record_write(&w->bench, id, as, why));
	TRY(snapshot_back(&w->bench, id));
	crash_at("put-back", "commit");
	TRY(ledger_note(w->ledger, note));
	if (was_clean)
		TRY(volume_stamp(&w->bench, false));
	TRY(upgrade_record_forget(&w->bench));
	crash_at("put-back", "after");
	if (was_clean)
		unlink(UPGRADE_UNCLEAN);
	log_line("%s", note);
	return snapshot_drop(&w->bench, id);
}

static struct err *finish(struct provision_context *w, const char *id)
{
	TRY(upgrade_record_forget(&w->bench));
	return snapshot_drop_others(&w->bench, id);
}

/* Decides what to do with the record of an attempt that nobody works on any more. */
static struct err *settle(struct provision_context *w, const json_t *known, bool *ret_over)
{
	const char *id = upgrade_record_text(known, "id"), *state = upgrade_record_text(known, "state"),
		   *why = upgrade_record_text(known, "why");
	bool same = !strcmp(upgrade_record_text(known, "build"), w->bench.build);
	bool left = same && !strcmp(state, "left"); /* by a person: this image shall not try again */
	bool ours = upgrade_record_is_ours() || left;

	*ret_over = ours;
	if (strcmp(state, "back") && !left && is_committed(&w->bench, id)) {
		*ret_over = false;
		return finish(w, id);
	}
	if (!strcmp(state, "held") && same) {
		*ret_over = true;
		upgrade_record_tell(id, "held", why);
		return NULL;
	}
	why = *why ? why : "it was killed";
	if (strcmp(state, "copying"))
		TRY(put_back(w, id, left ? "left" : "back", why));
	else
		TRY(snapshot_drop(&w->bench, id));
	if (ours)
		upgrade_record_tell(id, "back", why);
	return upgrade_record_forget(&w->bench);
}

/* Finishes an attempt of which only the former copies are left to remove. */
static struct err *sweep(const struct bench *b)
{
	json_t *committed;

	TRY(release_read(b, &committed));
	struct err *e = snapshot_drop_others(b, json_string_value(json_object_get(committed, "upgrade")));
	json_decref(committed);
	return e;
}

struct err *upgrade_recover(struct provision_context *w, bool *ret_over)
{
	json_t *known;

	*ret_over = false;
	TRY(upgrade_record_read(&w->bench, &known));
	struct err *e = known ? settle(w, known, ret_over) : sweep(&w->bench);
	bool was_clean;
	if (known && !e && !*ret_over)
		e = volume_unstamp(&w->bench, &was_clean); /* what follows may be killed */
	json_decref(known);
	*ret_over |= upgrade_record_failed();
	return e;
}

static char *make_id(const struct bench *b)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[32];

	strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", gmtime_r(&now, &tm));
	char *id = mem_dup(stamp);
	for (unsigned n = 2; snapshot_is_there(b, id); n++) {
		free(id);
		id = mem_printf("%s-%u", stamp, n);
	}
	return id;
}

struct err *upgrade_open(struct provision_context *w)
{
	json_t *committed;

	TRY(release_read(&w->bench, &committed));
	struct err *e = release_check(&w->bench, committed);
	if (e || !release_is_due(&w->bench, w->ledger, committed)) {
		json_decref(committed);
		return e;
	}
	w->upgrade = mem_new(sizeof *w->upgrade);
	*w->upgrade = (struct upgrade){ .id = make_id(&w->bench), .committed = committed };
	upgrade_record_tell(w->upgrade->id, "running", NULL);
	AUTO_FREE char *what = release_change(&w->bench, NULL);
	log_line("upgrade %s begins: %s", w->upgrade->id,
		 *what ? what : "the data are of another release than this image");
	return NULL;
}

void upgrade_close(struct upgrade *u)
{
	if (!u)
		return;
	json_decref(u->committed);
	free(u->id);
	free(u);
}

struct err *upgrade_snapshot(struct provision_context *w, bool *ret_did)
{
	struct upgrade *u = w->upgrade;
	AUTO_FREE char *what = release_change(&w->bench, NULL),
		       *line = mem_printf("upgrade %s begins%s%s", u->id, *what ? ": " : "", what);
	json_t *items = list_items(&w->bench, w->ledger);

	*ret_did = true;
	struct err *e = stop_all_programs(&w->bench);
	if (!e)
		e = upgrade_record_write(&w->bench, u->id, "copying", NULL);
	if (!e)
		e = snapshot_take(&w->bench, u->id, items);
	json_decref(items);
	if (!e && access(UPGRADE_UNCLEAN, F_OK) < 0) {
		AUTO_FREE char *clean = mem_printf("%s" BENCH_OWN "/before/%s/clean", w->bench.data, u->id);
		e = durable_write(clean, "", 0, 0600, &durable_root);
	}
	crash_at("snapshot", "commit");
	TRY(e);
	TRY(ledger_note(w->ledger, line));
	TRY(upgrade_record_write(&w->bench, u->id, "migrating", NULL));
	u->kept = true;
	return NULL;
}

struct err *upgrade_serve(struct provision_context *w, bool *ret_did)
{
	*ret_did = true;
	TRY(provision_steps_listen());
	TRY(supervisor_start_role(&w->bench, ROLE_WEB, START_MS));
	return supervisor_start_role(&w->bench, ROLE_SOCKETIO, START_MS);
}

/* Puts the copy back, so that the next rehearsal can use it. */
static struct err *end_rehearsal(struct provision_context *w)
{
	AUTO_FREE char *what = release_change(&w->bench, NULL);

	w->upgrade->done = true;
	log_line("rehearsal: the upgrade would succeed: %s", what);
	return put_back(w, w->upgrade->id, "back", "this was a rehearsal");
}

struct err *upgrade_commit(struct provision_context *w, bool *ret_did)
{
	struct upgrade *u = w->upgrade;
	AUTO_FREE char *line = mem_printf("upgrade %s is committed", u->id);

	*ret_did = true;
	if (upgrade_rehearsal_wanted())
		return end_rehearsal(w);
	TRY(durable_sync_all(w->bench.data));
	TRY(ledger_note(w->ledger, line));
	crash_at("commit", "mid");
	TRY(release_commit(&w->bench, w->ledger, u->id));
	u->done = true;
	crash_at("commit", "commit");
	upgrade_record_tell(u->id, "done", NULL);
	return finish(w, u->id);
}

struct err *upgrade_fail(struct provision_context *w, const char *why)
{
	struct upgrade *u = w->upgrade;

	if (u->kept && w->bench.upgrade_failure == UPGRADE_HOLDS) {
		TRY(upgrade_record_write(&w->bench, u->id, "held", why));
		upgrade_record_tell(u->id, "held", why);
		return NULL;
	}
	if (u->kept)
		TRY(put_back(w, u->id, "back", why));
	else
		TRY(snapshot_drop(&w->bench, u->id));
	TRY(upgrade_record_forget(&w->bench));
	upgrade_record_tell(u->id, "back", why);
	return NULL;
}

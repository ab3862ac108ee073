/* SPDX-License-Identifier: MIT */
#include "provision/stores.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/reason.h"
#include "lib/redis.h"
#include "lib/log.h"
#include "lib/supervisor.h"
#include "provision/torn.h"
#include "lib/restart_backoff.h"

#define TELL_MS 15000	  /* the wait after which the log says what is awaited */
#define RECOVER_MS 600000 /* for MariaDB after a power cut, or a Redis that loads its file */
#define ONE_MS 500

struct wait {
	struct restart_backoff watch; /* since this wait began */
	int64_t until, tell_at;
};

/* A program that has not started yet is STOPPED or EXITED, too: only an end during the wait counts. */
static struct err *look_at(struct wait *t, const struct process *p)
{
	AUTO_FREE char *why = reason_is_wanted(p) ? reason_of(p) : mem_dup("");

	if (!p->program || p->program->phase != PHASE_STORES)
		return NULL;
	restart_backoff_note(&t->watch, p, clock_ms(), why);
	json_t *trouble = json_object_get(t->watch.troubles, p->name);
	if (!trouble)
		return NULL;
	AUTO_FREE char *words = reason_of(p);
	return err_new(ERR_SYSTEM, "%s ends again and again: %s", p->name, words);
}

/* Whether MariaDB has ended because of a torn file; that is put aside and MariaDB is started again. */
static bool mend(const struct bench *b, const struct process *p)
{
	bool ended =
		!strcmp(p->state, "BACKOFF") || !strcmp(p->state, "FATAL") || !strcmp(p->state, "EXITED");

	if (!ended || !p->program || p->program->role != ROLE_MARIADB || !torn_sql(b, p->log))
		return false;
	struct err *e = supervisor_start(b, p);
	if (e)
		log_err(e, "warning");
	return true;
}

static struct err *look(struct wait *t, const struct bench *b)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	TRY(supervisor_list(b, &list));
	for (size_t i = 0; i < list.count; i++)
		if (!mend(b, &list.items[i]))
			TRY(look_at(t, &list.items[i]));
	return NULL;
}

/* No other server listens at that socket, and no recovery brings the account back. */
static bool is_shut_out(const struct err *e)
{
	AUTO_FREE char *text = err_text(e);

	return strstr(text, "Access denied");
}

static struct err *shut_out(struct err *e)
{
	return err_wrap(e, "mariadb runs and does not let its own root in, whose account is in the table "
			   "mysql.global_priv: put back a copy of the volume, or a backup on an empty one "
			   "(MKBENCH_RESTORE)");
}

/* what: "mariadb", or the name of a Redis. e: why it does not answer yet; takes ownership of it. */
static struct err *go_on(struct wait *t, const struct bench *b, const char *what, struct err *e)
{
	struct err *ends = look(t, b);

	if (ends || clock_ms() > t->until) {
		err_free(ends ? e : NULL);
		return ends ? ends : e;
	}
	if (clock_ms() >= t->tell_at) {
		AUTO_FREE char *why = err_text(e);
		log_line("%s runs and does not answer yet: it may be recovering (%s; benchctl logs %s)", what,
			 why, what);
		t->tell_at = clock_ms() + TELL_MS;
	}
	err_free(e);
	clock_sleep(50);
	return NULL;
}

static struct err *wait_all(struct provision_context *w, struct wait *t)
{
	const struct bench *b = &w->bench;
	struct err *e;

	while ((e = sql_wait(b->sql_socket, "root", ONE_MS, &w->root)))
		TRY(is_shut_out(e) ? shut_out(e) : go_on(t, b, "mariadb", e));
	for (size_t i = 0; i < b->redis.count; i++)
		while ((e = redis_probe(&b->redis.items[i], 2 * ONE_MS)))
			TRY(go_on(t, b, b->redis.items[i].name, e));
	return NULL;
}

struct err *stores_wait(struct provision_context *w)
{
	struct wait t = { .until = clock_ms() + RECOVER_MS, .tell_at = clock_ms() + TELL_MS };
	struct err *e = wait_all(w, &t);

	restart_backoff_done(&t.watch);
	return e;
}

/* SPDX-License-Identifier: MIT */
/* What provisioning has begun and finished on this volume: one JSON object a line, appended, each line
 * fsynced before its effect is relied upon. A last line that a crash tore is dropped when the ledger is
 * opened; damage before it is an error. One of more than 1 MiB is replaced, when it is opened, by what it
 * comes to, a line a step; the long one stays as PATH.old. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

enum ledger_state { LEDGER_NEVER, LEDGER_BEGUN, LEDGER_DONE };

struct ledger;

/* Opens or makes the file; one process at a time: waits for another (flock). */
struct err *ledger_open(const char *path, struct ledger **ret) MUST_CHECK;
void ledger_close(struct ledger *l); /* NULL is fine */
bool ledger_was_torn(const struct ledger *l);

enum ledger_state ledger_state(const struct ledger *l, const char *step);
/* Calls see for every step that was ever begun. */
void ledger_each(const struct ledger *l, void (*see)(const char *step, enum ledger_state s, void *arg),
		 void *arg);
/* Nothing is written when it has begun already. */
struct err *ledger_begin(struct ledger *l, const char *step) MUST_CHECK;
struct err *ledger_done(struct ledger *l, const char *step) MUST_CHECK;
/* A step that is to be done anew, as if never begun. */
struct err *ledger_forget(struct ledger *l, const char *step) MUST_CHECK;
/* An attempt that ended in an error: the step stays begun. The same reason again is not written again. */
struct err *ledger_failed(struct ledger *l, const char *step, const char *why) MUST_CHECK;
/* Something worth keeping that is no step, such as a start after an unclean stop. */
struct err *ledger_note(struct ledger *l, const char *what) MUST_CHECK;

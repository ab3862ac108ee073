/* SPDX-License-Identifier: MIT */
/* The ledger of provisioning: which steps have begun and finished on this volume. One JSON object a line,
 * appended; each line is fsynced before its effect counts. When the ledger is opened, a torn last line is
 * dropped; damage before it is an error. A ledger of more than 1 MiB is then replaced by one line for each
 * step, and the long one stays as PATH.old. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

enum ledger_state { LEDGER_NEVER, LEDGER_BEGUN, LEDGER_DONE };

struct ledger;

/* Opens or makes the file and locks it (flock): waits while another process has it. */
struct err *ledger_open(const char *path, struct ledger **ret) MUST_CHECK;
void ledger_close(struct ledger *l); /* NULL is allowed */
bool ledger_was_torn(const struct ledger *l);

enum ledger_state ledger_state(const struct ledger *l, const char *step);
/* Calls see for every step that was ever begun. */
void ledger_each(const struct ledger *l, void (*see)(const char *step, enum ledger_state s, void *arg),
		 void *arg);
/* Writes nothing when the step has begun already. */
struct err *ledger_begin(struct ledger *l, const char *step) MUST_CHECK;
struct err *ledger_done(struct ledger *l, const char *step) MUST_CHECK;
/* Resets a step as if it had never begun. */
struct err *ledger_forget(struct ledger *l, const char *step) MUST_CHECK;
/* Notes that an attempt has failed: the step stays begun. The same reason twice in a row is written once. */
struct err *ledger_failed(struct ledger *l, const char *step, const char *why) MUST_CHECK;
/* Notes an event that is no step, such as a start after an unclean stop. */
struct err *ledger_note(struct ledger *l, const char *what) MUST_CHECK;

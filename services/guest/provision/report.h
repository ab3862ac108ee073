/* SPDX-License-Identifier: MIT */
/* Publishes the steps of provisioning: a line each in the log; steps.json with reasons and progress.json
 * without, which only root reads; progress/SITE.json for the visitors of one site, without any site's name.
 * Each file is replaced as a whole at every change. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct report;

/* folder/progress must exist. */
struct report *report_new(const char *folder);
void report_free(struct report *r);

/* What visitors read about: an update, or else a first preparation. */
/* This start is an upgrade. what, such as "shop 1.0 -> 1.1", is what visitors of the site may know of it; it
 * may be empty. */
void report_upgrades(struct report *r, const char *site, const char *what);

/* Announces a step, in order. */
void report_plan(struct report *r, const char *step);
void report_begin(struct report *r, const char *step);
/* Ends the current step. done false: there was nothing to do. why NULL: it succeeded. */
void report_end(struct report *r, bool done, const char *why);
/* Ends the run: "done", or "failed" if some step did. */
void report_finish(struct report *r, bool failed);
/* Keeps the steps of this start in startup.json, whatever is prepared later. */
void report_keep(const struct report *r);

/* SPDX-License-Identifier: MIT */
/* The steps of provisioning as others see them: a line each in the log; steps.json with reasons and
 * progress.json without, both root's; progress/SITE.json for the visitors of one site, which names none. Each
 * is replaced whole at every change. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct report;

/* folder/progress must be there. */
struct report *report_new(const char *folder);
void report_free(struct report *r);

/* What visitors are told: an update, or else a first preparation. */
/* This start takes the data to another release: what visitors of the site may know of it,
 * "shop 1.0 -> 1.1", may be empty. */
void report_upgrades(struct report *r, const char *site, const char *what);

/* A step that is to come, in order. */
void report_plan(struct report *r, const char *step);
void report_begin(struct report *r, const char *step);
/* Ends the step that was begun. done false: there was nothing to do. why NULL: it went well. */
void report_end(struct report *r, bool done, const char *why);
/* The end of all: "done" or "failed" (some step did). */
void report_finish(struct report *r, bool failed);
/* The steps of a start stay in startup.json, whatever is prepared later. */
void report_keep(const struct report *r);

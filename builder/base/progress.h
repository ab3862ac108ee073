/* SPDX-License-Identifier: MIT */
/* What a person sees while a build runs: one line a stage. On a terminal the
 * line is a bar that moves; in a log it is printed when the stage ends; with
 * --progress=json each change is one JSON object a line. Everything goes to
 * standard error; standard output is for results. Calls are thread-safe; a NULL
 * progress is quiet. Items, summaries and notes may hold words of others (base/utf8.h). Colour,
 * unless NO_COLOR is set, and only on a terminal. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum progress_style { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_QUIET };

struct progress;

struct progress *progress_new(enum progress_style style); /* AUTO asks whether stderr is a terminal */
/* A stage that is still open is shown as stopped: that is how a failure looks. */
void progress_free(struct progress *p);

/* Begins a stage; total counts its units (0: unknown), unit is "bytes" (shown as
 * a rate with time left) or a plural noun such as "packages". Ends the one before. */
void progress_stage(struct progress *p, const char *name, uint64_t total, const char *unit);
void progress_add(struct progress *p, uint64_t units);
/* What the stage is busy with right now, e.g. a package's name. */
void progress_item(struct progress *p, const char *item);
/* Ends the stage with words for the reader, e.g. "258 packages, 187 MB" or "cached"; NULL: its amount. */
void progress_done(struct progress *p, const char *summary);
/* For a signal's handler: whether a bar stands on the terminal's last line. */
bool progress_stands(void);
/* A line of its own that does not break the bar. */
void progress_note(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

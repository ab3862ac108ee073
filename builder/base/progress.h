/* SPDX-License-Identifier: MIT */
/* Shows the progress of a build, one line a stage. On a terminal the line is a moving bar; in a log it is
 * printed when the stage ends; with --progress=json each change is one JSON object a line. Everything goes to
 * standard error; standard output is for results. Calls are thread-safe; a NULL progress prints nothing. Of
 * stages that are open at the same time, each in a branch of its own, the bar is the one that began first.
 * Items, summaries and notes may hold text from outside (base/utf8.h). Colour is used only on a terminal and
 * only if NO_COLOR is not set. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum progress_style { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_QUIET };

struct progress;

struct progress *progress_new(enum progress_style style); /* AUTO asks whether stderr is a terminal */
/* For stages that run beside those of p, which must outlive it; freed like p. NULL for NULL. */
struct progress *progress_branch(struct progress *p);
/* A stage that is still open is shown as stopped, which marks a failure. */
void progress_free(struct progress *p);

/* Begins a stage and ends the one before. total counts its units (0: unknown); unit is "bytes" (shown as a
 * rate with the time left) or a plural noun such as "packages". */
void progress_stage(struct progress *p, const char *name, uint64_t total, const char *unit);
void progress_add(struct progress *p, uint64_t units);
/* The item that the stage works on now, e.g. a package's name. */
void progress_item(struct progress *p, const char *item);
/* Ends the stage with a summary, e.g. "258 packages, 187 MB" or "cached"; NULL: its amount. */
void progress_done(struct progress *p, const char *summary);
/* Whether the terminal's last line is a bar. Safe in a signal handler. */
bool progress_stands(void);
/* Prints a line of its own without breaking the bar. */
void progress_note(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

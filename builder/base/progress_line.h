/* SPDX-License-Identifier: MIT */
/* Formats a stage as one line of a terminal. Pure: state in, text out. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct progress_state {
	const char *name, *unit, *item; /* unit and item may be NULL */
	uint64_t total, done;		/* total 0: unknown */
	double seconds;			/* since it began */
	double rate;			/* units a second, recently */
};

struct progress_look {
	unsigned width; /* columns; a line stays below it */
	bool colour, utf8;
};

/* "| fetch   =====----   112.4 / 187.0 MB   24.1 MB/s    0:03  libc6", in better glyphs. */
void progress_line_running(struct text *out, const struct progress_state *s,
			   const struct progress_look *look);
/* "ok fetch   258 packages, 187.0 MB    7.4 s" */
void progress_line_ended(struct text *out, const struct progress_state *s, const struct progress_look *look,
			 const char *summary, bool failed);

/* "112.4 / 187.0 MB", "142 / 258 packages", "12 apps" or nothing at all. */
void progress_line_amount(struct text *out, const struct progress_state *s);
/* "0.4 s", "1:05", "1:02:03" */
void progress_line_time(struct text *out, double seconds);

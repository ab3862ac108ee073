/* SPDX-License-Identifier: MIT */
/* What a room's programs print: logged, passed on by lines, and its end kept for when they fail. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"

#define SANDBOX_OUTPUT_LINES 15

/* The last lines, and a line that is still being written. */
struct sandbox_output {
	char *lines[SANDBOX_OUTPUT_LINES];
	size_t count; /* of all lines so far */
	struct text open;
	int log;	/* or -1 */
	bool distrusts; /* a line says that a certificate is not to be trusted */
	void (*line)(void *arg, const char *line);
	void *line_arg;
};

/* Until the other end is closed. */
struct err *sandbox_output_read(int fd, struct sandbox_output *t) MUST_CHECK;
/* ERR_BUILD with the last lines; status above 128: a signal's number and that; log: a file's path, or NULL.
 */
struct err *sandbox_output_failure(const struct sandbox_output *t, int status, const char *what,
				   const char *log);
void sandbox_output_done(struct sandbox_output *t);

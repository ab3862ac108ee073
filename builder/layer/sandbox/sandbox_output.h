/* SPDX-License-Identifier: MIT */
/* Handles the output of a sandbox's programs: logs it, passes lines on, and keeps the end for error
 * messages. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"

#define SANDBOX_OUTPUT_LINES 15

/* The last lines, and a line that is still being written. */
struct sandbox_output {
	char *lines[SANDBOX_OUTPUT_LINES];
	size_t count; /* number of lines so far */
	struct text open;
	int log;	/* or -1 */
	bool distrusts; /* a line reports an untrusted certificate */
	void (*line)(void *arg, const char *line);
	void *line_arg;
};

/* Reads until the other end is closed. */
struct err *sandbox_output_read(int fd, struct sandbox_output *t) MUST_CHECK;
/* ERR_BUILD with the last lines; status above 128: 128 + a signal's number; log: a file's path, or NULL. */
struct err *sandbox_output_failure(const struct sandbox_output *t, int status, const char *what,
				   const char *log);
void sandbox_output_done(struct sandbox_output *t);

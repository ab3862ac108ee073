/* SPDX-License-Identifier: MIT */
#include "lib/log.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *speaker = "init";

void log_as(const char *program)
{
	speaker = program;
}

/* One write for each line: lines of several programs must not mix. */
static void put_line(char *words)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	for (char *c = words; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	utf8_plain(words);
	AUTO_FREE char *line = mem_printf("%s %s: %s\n", stamp, speaker, words);
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		return; /* nobody reads the log: no reason to stop working */
}

void log_line(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *words = mem_vprintf(fmt, ap);
	va_end(ap);
	put_line(words);
}

void log_err(struct err *e, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *words = mem_vprintf(fmt, ap);
	va_end(ap);
	AUTO_FREE char *why = err_text(e);
	AUTO_FREE char *both = mem_printf("%s: %s", words, why);
	put_line(both);
	err_free(e);
}

void log_event(const struct event *e)
{
	AUTO_FREE char *line = event_text(e);

	put_line(line);
}

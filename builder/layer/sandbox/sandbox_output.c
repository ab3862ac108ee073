/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "layer/sandbox/sandbox_host.h"

#define LINE_LIMIT 4096

static void end_line(struct sandbox_output *t)
{
	char **slot = &t->lines[t->count++ % SANDBOX_OUTPUT_LINES];

	free(*slot);
	*slot = text_take(&t->open);
	t->distrusts |= sandbox_host_distrusts(*slot);
	if (t->line)
		t->line(t->line_arg, *slot);
}

static void take_output(struct sandbox_output *t, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool ends = bytes[i] == '\n';
		if (!ends && bytes[i] != '\r')
			text_add(&t->open, &bytes[i], 1);
		if (ends || t->open.len >= LINE_LIMIT)
			end_line(t);
	}
}

struct err *sandbox_output_read(int fd, struct sandbox_output *t)
{
	char bytes[16384];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "read the sandbox's output");
		if (t->log >= 0)
			TRY(file_write_all(t->log, bytes, (size_t)n, "the log"));
		take_output(t, bytes, (size_t)n);
	}
	if (t->open.len)
		end_line(t);
	return NULL;
}

struct err *sandbox_output_failure(const struct sandbox_output *t, int status, const char *what,
				   const char *log)
{
	AUTO_TEXT struct text out = { 0 };
	size_t first = t->count > SANDBOX_OUTPUT_LINES ? t->count - SANDBOX_OUTPUT_LINES : 0;

	for (size_t i = first; i < t->count; i++)
		text_printf(&out, "\n  | %s", t->lines[i % SANDBOX_OUTPUT_LINES]);
	if (t->distrusts)
		text_put(&out, "\nA certificate was not trusted. In a network that looks into TLS, put the "
			       "network's own CA (PEM) into /usr/local/share/ca-certificates/NAME.crt of "
			       "this machine and run update-ca-certificates, or name a file with all CAs in "
			       "$SSL_CERT_FILE");
	if (status > 128 && status - 128 < NSIG) /* others are a program's own */
		return err_new(ERR_BUILD, "%s was ended by signal %d%s%s%s", what, status - 128,
			       log ? "; all of its output is in " : "", log ? log : "",
			       out.len ? out.bytes : "");
	return err_new(ERR_BUILD, "%s failed with status %d%s%s%s", what, status,
		       log ? "; all of its output is in " : "", log ? log : "", out.len ? out.bytes : "");
}

void sandbox_output_done(struct sandbox_output *t)
{
	for (size_t i = 0; i < SANDBOX_OUTPUT_LINES; i++)
		free(t->lines[i]);
	text_done(&t->open);
}

/* SPDX-License-Identifier: MIT */
#include "provision/dump_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

/* mariadb-dump begins the lines of triggers, events, views and routines with these words. Rows begin with (
 * or INSERT. */
static const char *const heads[] = { "/*!50003 CREATE*/", "/*!50106 CREATE*/",
				     "/*!50013 DEFINER=", "/*!50020 DEFINER=", "CREATE DEFINER=" };

/* The text after a name in backquotes; NULL: there is no such name. */
static char *after_name(char *at)
{
	if (*at++ != '`')
		return NULL;
	while (*at && (*at != '`' || at[1] == '`'))
		at += *at == '`' ? 2 : 1;
	return *at ? at + 1 : NULL;
}

/* Removes DEFINER=`user`@`host`; returns the new length. */
static size_t strip(char *line, size_t len)
{
	bool ours = false;

	for (size_t i = 0; i < COUNT(heads) && !ours; i++)
		ours = text_starts(line, heads[i]);
	char *from = ours ? strstr(line, "DEFINER=`") : NULL,
	     *to = from ? after_name(from + strlen("DEFINER=")) : NULL;
	if (!to || *to != '@' || !(to = after_name(to + 1)))
		return len;
	size_t rest = len - (size_t)(to - line);
	memmove(from, to, rest + 1);
	return (size_t)(from - line) + rest;
}

/* 0: everything was written; 1: the dump cannot be read; 2: the reader has stopped. */
static int feed(const char *path, int fd)
{
	FILE *in = fopen(path, "re"), *out = fdopen(fd, "w");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!in || !out)
		return 1;
	while ((n = getline(&line, &room, in)) > 0) {
		size_t len = strip(line, (size_t)n);
		if (fwrite(line, 1, len, out) != len)
			return 2;
	}
	return ferror(in) ? 1 : fclose(out) ? 2 : 0;
}

struct err *dump_feed_start(const char *path, int *ret_fd, pid_t *ret_pid)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	*ret_pid = fork();
	if (!*ret_pid) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		_exit(feed(path, ends[1]));
	}
	close(ends[1]);
	*ret_fd = ends[0];
	if (*ret_pid > 0)
		return NULL;
	struct err *e = err_errno(errno, "%s", path);
	close(ends[0]);
	return e;
}

struct err *dump_feed_end(const char *path, pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "%s", path);
	return WIFEXITED(status) && WEXITSTATUS(status) != 1 ?
		       NULL :
		       err_new(ERR_SYSTEM, "%s cannot be read to its end", path);
}

/* SPDX-License-Identifier: MIT */
#include "start/log_relay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "lib/bench.h"
#include "start/overseer.h"
#include "lib/log.h"
#include "lib/process_stat.h"
#include "lib/spawn.h"

#define LOOK_MS 200
#define CHUNK 65536

/* Supervisor's warning of a server without authentication: its socket is a file that only root (in
 * development the bench's user, too) may open. */
#define UNPROTECTED "running without any HTTP authentication checking"

struct source {
	char *path, *name;
	int fd;
	off_t at;
	ino_t inode;
	struct text line; /* the last, unfinished line */
	unsigned credit;  /* how many lines it may print now */
	size_t left_out;
};

struct relay {
	struct source *items;
	size_t count, room;
	char *folder;
	const char *only; /* the one file to follow, or NULL: all */
	int64_t paid_ms;
};

static volatile sig_atomic_t ending;

static void on_term(int number)
{
	(void)number;
	ending = 1;
}

static void put(const char *name, const char *line)
{
	AUTO_FREE char *whole = mem_printf("%s | %s\n", name, line);

	err_free(file_write_all(STDOUT_FILENO, whole, strlen(whole), "standard output"));
}

static void put_left_out(struct source *s)
{
	if (!s->left_out || !s->credit)
		return;
	AUTO_FREE char *words = mem_printf("(%zu more lines: benchctl logs %s)", s->left_out, s->name);
	put(s->name, words);
	s->left_out = 0;
}

static void end_line(struct source *s)
{
	AUTO_FREE char *line = text_take(&s->line);

	if (!*line || strstr(line, UNPROTECTED))
		return;
	if (!s->credit) {
		s->left_out++;
		return;
	}
	put_left_out(s);
	utf8_plain(line);
	put(s->name, line);
	s->credit--;
}

/* Keeps no more of a line than is shown. */
static void take(struct source *s, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			end_line(s);
			continue;
		}
		if (s->line.len < LOG_RELAY_LINE_BYTES)
			text_add(&s->line, bytes[i] ? &bytes[i] : "?", 1);
		else if (s->line.len == LOG_RELAY_LINE_BYTES)
			text_put(&s->line, " ...");
	}
}

static void drain(struct source *s)
{
	char chunk[CHUNK];
	ssize_t n;

	while (s->fd >= 0 && (n = pread(s->fd, chunk, sizeof chunk, s->at)) > 0) {
		s->at += n;
		take(s, chunk, (size_t)n);
	}
}

static void shut(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* end: starts at the file's end, because what is in it is older. */
static void open_source(struct source *s, bool end)
{
	struct stat st;

	shut(s);
	s->fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (s->fd >= 0 && (fstat(s->fd, &st) < 0 || !S_ISREG(st.st_mode)))
		shut(s);
	if (s->fd < 0)
		return;
	s->inode = st.st_ino;
	s->at = end ? st.st_size : 0;
}

/* Reads a file that was rotated away to its end first; begins a truncated one again. */
static void follow(struct source *s)
{
	struct stat named;

	drain(s);
	if (stat(s->path, &named) < 0)
		return;
	if (s->fd < 0 || named.st_ino != s->inode || named.st_size < s->at) {
		if (s->fd >= 0 && named.st_ino != s->inode)
			drain(s);
		open_source(s, false);
		drain(s);
	}
}

static struct source *find(struct relay *r, const char *path)
{
	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->items[i].path, path))
			return &r->items[i];
	return NULL;
}

static void add(struct relay *r, const char *path, const char *name, bool end)
{
	struct source s = {
		.path = mem_dup(path), .name = mem_dup(name), .fd = -1, .credit = LOG_RELAY_LINES
	};

	open_source(&s, end);
	VEC_PUSH(r, s);
}

static void look(struct relay *r, bool first)
{
	DIR *dir = opendir(r->folder);

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", r->folder, d->d_name);
		AUTO_FREE char *name =
			mem_ndup(d->d_name, strlen(d->d_name) - (text_ends(d->d_name, ".log") ? 4 : 0));
		if (text_ends(d->d_name, ".log") && (!r->only || !strcmp(r->only, name)) && !find(r, path))
			add(r, path, name, first);
	}
	if (dir)
		closedir(dir);
}

/* Once a second. */
static void pay(struct relay *r)
{
	int64_t now = clock_ms();

	if (now - r->paid_ms < 1000)
		return;
	r->paid_ms = now;
	for (size_t i = 0; i < r->count; i++) {
		struct source *s = &r->items[i];
		s->credit = s->credit + LOG_RELAY_LINES_SECOND < LOG_RELAY_LINES ?
				    s->credit + LOG_RELAY_LINES_SECOND :
				    LOG_RELAY_LINES;
		put_left_out(s);
	}
	look(r, false);
}

static void run(struct relay *r)
{
	look(r, true);
	add(r, OVERSEER_WORDS, "supervisord", false);
	for (bool last = false; !last;) {
		last = ending;
		pay(r);
		for (size_t i = 0; i < r->count; i++)
			follow(&r->items[i]);
		if (!last)
			clock_sleep(LOOK_MS);
	}
	for (size_t i = 0; i < r->count; i++) {
		struct source *s = &r->items[i];
		if (s->line.len)
			end_line(s);
		shut(s);
		free(s->path);
		free(s->name);
	}
	free(r->items);
}

int log_relay_main(int argc, char **argv)
{
	AUTO_BENCH struct bench b = { 0 };
	const char *what = argc > 1 ? argv[1] : "";

	log_as("relay");
	if (argc != 2 || (strcmp(what, "all") && strcmp(what, "events"))) {
		fputs("usage: relay all|events\n", stderr);
		return ERR_USAGE;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	struct err *e = bench_read(&b);
	if (e) {
		log_err(e, "the programs' lines are not shown");
		return ERR_SYSTEM;
	}
	AUTO_FREE char *folder = bench_in_data(&b, "/service-logs");
	struct relay r = { .folder = folder, .only = strcmp(what, "all") ? "supervisord" : NULL };
	run(&r);
	return 0;
}

pid_t log_relay_start(const struct bench *b)
{
	bool all = !b->logs_events && access("/run/systemd/system", F_OK) < 0;
	char *argv[] = { (char *)"relay", (char *)(all ? "all" : "events"), NULL };

	return spawn("/proc/self/exe", argv, environ, -1);
}

void log_relay_end(pid_t pid, unsigned limit_ms)
{
	int64_t until = clock_ms() + limit_ms;

	if (pid > 0)
		kill(pid, SIGTERM);
	while (process_stat_is_alive(pid) && clock_ms() < until)
		clock_sleep(10);
}

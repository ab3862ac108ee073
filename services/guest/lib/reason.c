/* SPDX-License-Identifier: MIT */
#include "lib/reason.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"

#define TAIL_BYTES 65536
#define LOOK_BACK 80 /* lines */
#define NEAR 3	     /* how far above a line another line of the same group may stand */
#define AFTER 3	     /* lines that continue it */
#define LINE_BYTES 240

/* Any of these words marks a line as an error, in upper or lower case. */
static const char *const telling[] = {
	"error",     "fatal",	       "emerg",	     "crit]",	"fail",		 "cannot",    "can't",
	"could not", "unable",	       "refused",    "denied",	"no such",	 "not found", "invalid",
	"unknown",   "already in use", "exception",  "panic",	"out of memory", "corrupt",   "not permitted",
	"no space",  "too many",       "got signal", "must be",
};

static const char *const grave[] = { "[ERROR]", "FATAL", "[emerg]", "[alert]", "[crit]", "CRITICAL" };

/* Lines that surround a reason, or that every start prints. */
static const char *const framing[] = {
	"Aborting",
	"[Note]",
	"[Warning]",
	"# WARNING",
	"# Warning:",
	"[INFO]",
	"[notice]",
	"Shutting down",
	"Exception in worker process",
	"Worker failed to boot",
	"exited with code",
	"Memory not freed",
	"Traceback (most recent call last)",
	"https://",
	"http://",
	"INFO ",
	"# Server initialized",
	"For help, use",
};

#define MORE_PROCESSES "allow more processes and threads: docker run --pids-limit -1, --ulimit nproc=-1"
#define DAMAGED                                                                                            \
	"it cannot read its files: take back what was changed of its settings or version, else restore a " \
	"copy of the volume, or a backup on an empty one (MKBENCH_RESTORE=latest); nothing is made anew "  \
	"over them"

#define QUEUE_DAMAGED                                                                                     \
	"a file of its folder appendonlydir is damaged or gone: put back a copy of it; to go on with an " \
	"empty queue move that folder away, then benchctl retry"

/* Advice for a person. */
static const struct {
	const char *sign, *advice;
} known[] = {
	{ "already in use",
	  "another program has that port or socket: stop it, or choose another in the recipe" },
	{ "Failed listening on port",
	  "another program has that port: stop it, or choose another in the recipe" },
	{ "unknown variable", "the server knows no such setting: mariadb.settings of the recipe" },
	{ "FATAL CONFIG FILE ERROR",
	  "the recipe's redis, or this server's version, does not allow that line" },
	{ "minfds", "allow more open files: docker run --ulimit nofile=65536" },
	{ "Too many open files", "allow more open files: docker run --ulimit nofile=65536" },
	{ "interrupt-thread", MORE_PROCESSES },
	{ "initialize timers", MORE_PROCESSES },
	{ "create a new thread", MORE_PROCESSES },
	{ "create thread", MORE_PROCESSES },
	{ "start new thread", MORE_PROCESSES },
	{ "Resource temporarily unavailable", MORE_PROCESSES },
	{ "No space left", "make room on the volume" },
	{ "error 28", "make room on the volume" },
	{ "Errcode: 28", "make room on the volume" },
	{ "not permitted", "the container's security profile forbids it: an older engine's profile does so "
			   "with newer programs" },
	{ "Permission denied",
	  "that program's user may not: have the path's owner or its mode been changed?" },
	{ "Cannot allocate memory", "more memory for the container, or less for mariadb.buffer_pool" },
	{ "Out of memory", "more memory for the container, or less for mariadb.buffer_pool" },
	{ "Read-only file system", "the volume must be writable" },
	{ "This redo log was created before",
	  "so it calls an ib_logfile0 whose beginning is damaged: restore a copy of the volume, or a backup "
	  "on "
	  "an empty one (MKBENCH_RESTORE=latest); nothing is made anew over it" },
	{ "Unknown/unsupported storage engine: InnoDB", DAMAGED },
	{ "Can't open and lock privilege tables", DAMAGED },
	{ "Data structure corruption", DAMAGED },
	{ "reading the append only file", QUEUE_DAMAGED },
	{ "Unable to obtain the AOF file", QUEUE_DAMAGED },
	{ "append-only dir", QUEUE_DAMAGED },
	{ "AOF manifest", QUEUE_DAMAGED },
	{ "Short read or OOM loading DB", QUEUE_DAMAGED },
	{ "Fatal error loading the DB",
	  "its dump.rdb is damaged: put back a copy of it; to go on with what is "
	  "not in it move it away, then benchctl retry" },
};

static bool holds(const char *line, const char *const *words, size_t count, bool any_case)
{
	for (size_t i = 0; i < count; i++)
		if (any_case ? strcasestr(line, words[i]) : strstr(line, words[i]))
			return true;
	return false;
}

static bool is_framing(const char *line)
{
	/* "  File ..., line 3", "    at f (x.js:1)", an arrow below code */
	bool stack = *line == ' ' || *line == '\t';

	if (strstr(line, "[ERROR]") && strstr(line, "://"))
		return false; /* the words before the address explain it */
	return stack || !*line || holds(line, framing, COUNT(framing), false);
}

static bool is_telling(const char *line)
{
	return !is_framing(line) && holds(line, telling, COUNT(telling), true);
}

/* The program itself calls the line an error. */
static bool is_grave(const char *line)
{
	return !is_framing(line) && holds(line, grave, COUNT(grave), false);
}

/* The line without the time, the pid and other prefixes of loggers. */
static const char *bare(const char *line)
{
	const char *hash =
		isdigit((unsigned char)*line) && strchr("0123456789:", line[1]) ? strstr(line, " # ") : NULL;

	if (hash && hash - line < 48) /* Redis: 12:M 29 Nov 2026 10:11:12.345 # words */
		return hash + 3;
	for (;;) {
		size_t n = strspn(line, "0123456789-:./,TZ+ ");
		if (n > 9)
			line += n;
		size_t inner = *line == '[' ? strspn(line + 1, "0123456789-:. +") : 0;
		if (!inner || line[1 + inner] != ']')
			return line + strspn(line, " ");
		line += inner + 2;
		line += strspn(line, " ");
	}
}

struct lines {
	char **items;
	size_t count, room;
};

static void split(char *text, struct lines *all)
{
	for (char *line, *rest = text; (line = strsep(&rest, "\r\n"));)
		VEC_PUSH(all, line);
	while (all->count && !*all->items[all->count - 1])
		all->count--;
}

/* Drops a sentence that only points to an address. */
static char *without_address(const char *words)
{
	const char *address = strstr(words, "http"), *end = words;

	if (!address || !(strstr(words, "https://") || strstr(words, "http://")))
		return mem_dup(words);
	for (const char *at = words; (at = strstr(at, ". ")) && at < address; at++)
		end = at + 1;
	return mem_ndup(words, (size_t)(end - words));
}

static void add(struct text *t, const char *line)
{
	AUTO_FREE char *words = without_address(bare(line));

	if (!*words || t->len > REASON_BYTES - LINE_BYTES || (t->bytes && strstr(t->bytes, words)))
		return;
	text_printf(t, "%s%.*s", t->len ? " | " : "", LINE_BYTES, words);
}

/* The number of the last such line before one, or count. */
static size_t find(const struct lines *all, size_t before, bool (*is)(const char *line), size_t look_back)
{
	size_t least = before > look_back ? before - look_back : 0;

	for (size_t i = before; i > least; i--)
		if (is(all->items[i - 1]))
			return i - 1;
	return all->count;
}

static void gather(const struct lines *all, struct text *t)
{
	bool (*is)(const char *) =
		find(all, all->count, is_grave, LOOK_BACK) < all->count ? is_grave : is_telling;
	size_t last = find(all, all->count, is, LOOK_BACK), first = last, more = 0;

	if (last == all->count) {
		for (size_t i = all->count > AFTER ? all->count - AFTER : 0; i < all->count; i++)
			if (!is_framing(all->items[i]))
				add(t, all->items[i]);
		return;
	}
	/* The first line of a group is the cause; the others follow from it. */
	for (size_t i; (i = find(all, first, is, NEAR)) < all->count;)
		first = i;
	for (size_t i = first; i <= last; i++)
		if (!is_framing(all->items[i]))
			add(t, all->items[i]);
	for (size_t i = last + 1; i < all->count && *all->items[i] && more < AFTER; i++, more++)
		if (!is_framing(all->items[i]))
			add(t, all->items[i]);
}

char *reason_in(const char *text)
{
	size_t len = strlen(text);
	AUTO_FREE char *copy = mem_dup(text + (len > TAIL_BYTES ? len - TAIL_BYTES : 0));
	struct lines all = { 0 };
	struct text t = { 0 };

	utf8_plain(copy);
	split(copy, &all);
	gather(&all, &t);
	mem_freep(&all.items);
	for (size_t i = 0; i < COUNT(known) && t.len; i++)
		if (strcasestr(t.bytes, known[i].sign)) {
			text_printf(&t, " (%s)", known[i].advice);
			break;
		}
	char *line = text_take(&t);
	utf8_plain(line); /* a character may have been cut in two */
	for (char *c = line; *c; c++)
		if (*c == '\t')
			*c = ' ';
	return line;
}

char *reason_of_file(const char *path)
{
	AUTO_FREE char *bytes = mem_new(TAIL_BYTES + 1);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return mem_dup("");
	ssize_t n = pread(fd, bytes, TAIL_BYTES, st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0);
	for (ssize_t i = 0; i < n; i++)
		if (!bytes[i])
			bytes[i] = '?';
	return reason_in(n > 0 ? bytes : "");
}

char *reason_of(const struct process *p)
{
	AUTO_FREE char *words = *p->log ? reason_of_file(p->log) : mem_dup("");

	if (*words)
		return TAKE(words);
	return mem_dup(*p->problem ? p->problem : "it ends too soon, and its log says nothing");
}

bool reason_is_same(const char *a, const char *b)
{
	static const char digits[] = "0123456789";

	for (;; a++, b++) {
		a += strspn(a, digits);
		b += strspn(b, digits);
		if (*a != *b || !*a)
			return *a == *b;
	}
}

bool reason_is_wanted(const struct process *p)
{
	static const char *const states[] = { "BACKOFF", "FATAL", "EXITED", "UNKNOWN" };

	for (size_t i = 0; i < COUNT(states); i++)
		if (!strcmp(p->state, states[i]))
			return true;
	return false;
}

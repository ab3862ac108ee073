/* SPDX-License-Identifier: MIT */
#include "provision/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/sanitize.h"

#define LEDGER_LIMIT (64u << 20)
#define LEDGER_FULL (1u << 20)

struct ledger {
	int fd;
	char *path, *folder;
	uint64_t next;	 /* number of the next line */
	json_t *states;	 /* step: enum ledger_state */
	json_t *reasons; /* step: why it failed last */
	bool torn;
};

static void replay(struct ledger *l, const char *step, const char *event, json_t *why)
{
	if (step && event && !strcmp(event, "begin"))
		json_object_set_new(l->states, step, json_integer(LEDGER_BEGUN));
	if (step && event && !strcmp(event, "done"))
		json_object_set_new(l->states, step, json_integer(LEDGER_DONE));
	if (step && event && !strcmp(event, "forgotten"))
		json_object_del(l->states, step);
	if (step && why)
		json_object_set(l->reasons, step, why);
}

/* Replays whole lines; ret_good is where the first damaged one begins. */
static size_t replay_all(struct ledger *l, const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *end = memchr(bytes + at, '\n', len - at);
		json_t *line = end ? json_loadb(bytes + at, (size_t)(end - bytes) - at, 0, NULL) : NULL;
		if (!json_is_object(line)) {
			json_decref(line);
			return at;
		}
		l->next = (uint64_t)json_integer_value(json_object_get(line, "n")) + 1;
		replay(l, json_string_value(json_object_get(line, "step")),
		       json_string_value(json_object_get(line, "event")), json_object_get(line, "why"));
		json_decref(line);
		at = (size_t)(end - bytes) + 1;
	}
	return at;
}

static struct err *put_line(struct ledger *l, const char *step, const char *event, json_t *why,
			    struct text *out)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	json_t *line = json_pack("{s:I, s:s, s:s*, s:s, s:O*}", "n", (json_int_t)l->next++, "at", stamp,
				 "step", step, "event", event, "why", why);
	AUTO_FREE char *text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	if (!text)
		return err_new(ERR_SYSTEM, "%s: '%s' is not text", l->path, event);
	text_printf(out, "%s\n", text);
	return NULL;
}

static struct err *drop_torn(struct ledger *l, const char *bytes, size_t len, size_t good)
{
	const char *end = memchr(bytes + good, '\n', len - good);

	if (end && end + 1 < bytes + len)
		return err_new(ERR_SYSTEM,
			       "%s is damaged at byte %zu, before its last line: restore it from a backup",
			       l->path, good);
	if (ftruncate(l->fd, (off_t)good) < 0 || fsync(l->fd) < 0)
		return err_errno(errno, "%s: drop the torn last line", l->path);
	return NULL;
}

static struct err *open_locked(const char *path, int *ret_fd)
{
	AUTO_CLOSE int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(errno, "%s", path);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_errno(errno, "lock %s", path);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

/* While we waited for the lock, its holder may have replaced the file by a shorter one. */
static struct err *open_current(struct ledger *l)
{
	for (;;) {
		struct stat ours, named;
		TRY(open_locked(l->path, &l->fd));
		if (!fstat(l->fd, &ours) && !stat(l->path, &named) && ours.st_ino == named.st_ino)
			return durable_sync_folder(l->folder);
		close(l->fd);
		l->fd = -1;
	}
}

/* Writes one line for each step's present state into a new file. The old file stays beside it until the next
 * time. */
static struct err *shorten(struct ledger *l)
{
	AUTO_FREE char *old = mem_printf("%s.old", l->path), *beside = mem_printf("%s.new", l->path);
	AUTO_TEXT struct text lines = { 0 };
	AUTO_CLOSE int fd = -1;
	const char *step;
	json_t *value;

	json_object_foreach(l->states, step, value) TRY(
		put_line(l, step, json_integer_value(value) == LEDGER_DONE ? "done" : "begin", NULL, &lines));
	json_object_foreach(l->reasons, step, value) TRY(put_line(l, step, "failed", value, &lines));
	unlink(beside);
	unlink(old);
	TRY(open_locked(beside, &fd));
	TRY(file_write_all(fd, lines.bytes ? lines.bytes : "", lines.len, beside));
	if (fsync(fd) < 0 || link(l->path, old) < 0 || rename(beside, l->path) < 0)
		return err_errno(errno, "shorten %s", l->path);
	close(l->fd);
	l->fd = fd;
	fd = -1;
	return durable_sync_folder(l->folder);
}

static struct err *open_and_replay(struct ledger *l)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;

	TRY(open_current(l));
	TRY(file_read(l->path, LEDGER_LIMIT, &bytes, &len));
	size_t good = replay_all(l, bytes, len);
	l->torn = good < len;
	if (l->torn)
		TRY(drop_torn(l, bytes, len, good));
	if (len > LEDGER_FULL)
		err_free(shorten(l)); /* without room for the new file, the long one works as well */
	return NULL;
}

struct err *ledger_open(const char *path, struct ledger **ret)
{
	struct ledger *l = mem_new(sizeof *l);

	*l = (struct ledger){
		.fd = -1, .path = mem_dup(path), .next = 1, .states = json_object(), .reasons = json_object()
	};
	l->folder = mem_ndup(path, (size_t)(strrchr(path, '/') - path));
	struct err *e = open_and_replay(l);
	if (e)
		ledger_close(l);
	else
		*ret = l;
	return e;
}

void ledger_close(struct ledger *l)
{
	if (!l)
		return;
	file_closep(&l->fd);
	free(l->path);
	free(l->folder);
	json_decref(l->states);
	json_decref(l->reasons);
	free(l);
}

bool ledger_was_torn(const struct ledger *l)
{
	return l->torn;
}

enum ledger_state ledger_state(const struct ledger *l, const char *step)
{
	return (enum ledger_state)json_integer_value(json_object_get(l->states, step));
}

void ledger_each(const struct ledger *l, void (*see)(const char *step, enum ledger_state s, void *arg),
		 void *arg)
{
	const char *step;
	json_t *state;

	json_object_foreach(l->states, step, state)
		see(step, (enum ledger_state)json_integer_value(state), arg);
}

/* A line that could not be written whole must not stay before the next one. */
static struct err *append_line(struct ledger *l, const char *line)
{
	struct stat st;

	if (fstat(l->fd, &st) < 0)
		return err_errno(errno, "%s", l->path);
	struct err *e = file_write_all(l->fd, line, strlen(line), l->path);
	if (!e && fsync(l->fd) < 0)
		e = err_errno(errno, "%s", l->path);
	if (e && ftruncate(l->fd, st.st_size) < 0)
		e = err_wrap(e, "%s: a part of a line may be left", l->path);
	return e;
}

/* Takes ownership of why. */
static struct err *append(struct ledger *l, const char *step, const char *event, json_t *why)
{
	AUTO_TEXT struct text line = { 0 };
	struct err *e = put_line(l, step, event, why, &line);

	if (!e)
		e = append_line(l, line.bytes);
	if (!e)
		replay(l, step, event, why);
	json_decref(why);
	return e;
}

struct err *ledger_begin(struct ledger *l, const char *step)
{
	if (ledger_state(l, step) == LEDGER_BEGUN)
		return NULL;
	return append(l, step, "begin", NULL);
}

struct err *ledger_done(struct ledger *l, const char *step)
{
	return append(l, step, "done", NULL);
}

struct err *ledger_forget(struct ledger *l, const char *step)
{
	return append(l, step, "forgotten", NULL);
}

struct err *ledger_failed(struct ledger *l, const char *step, const char *why)
{
	json_t *text = sanitize_json(why);

	if (json_equal(text, json_object_get(l->reasons, step))) {
		json_decref(text);
		return NULL;
	}
	return append(l, step, "failed", text);
}

struct err *ledger_note(struct ledger *l, const char *what)
{
	return append(l, NULL, "note", sanitize_json(what));
}

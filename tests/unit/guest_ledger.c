/* SPDX-License-Identifier: MIT */
#include "provision/ledger.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "says.h"

static char folder[] = "/tmp/guest_ledger.XXXXXX";
static char *path;

static struct ledger *opened(void)
{
	struct ledger *l = NULL;

	ok(fine(ledger_open(path, &l)));
	return l;
}

static void add(const char *bytes)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	ok(fd >= 0 && write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
	close(fd);
}

static void remembers(void)
{
	struct ledger *l = opened();

	ok(ledger_state(l, "a") == LEDGER_NEVER && !ledger_was_torn(l));
	ok(fine(ledger_begin(l, "a")) && ledger_state(l, "a") == LEDGER_BEGUN);
	ok(fine(ledger_done(l, "a")) && fine(ledger_begin(l, "b")));
	ok(fine(ledger_failed(l, "b", "no \"room\"\n \xff left")) && ledger_state(l, "b") == LEDGER_BEGUN);
	ledger_close(l);
	l = opened();
	ok(ledger_state(l, "a") == LEDGER_DONE && ledger_state(l, "b") == LEDGER_BEGUN &&
	   ledger_state(l, "c") == LEDGER_NEVER);
	ok(fine(ledger_forget(l, "a")) && ledger_state(l, "a") == LEDGER_NEVER);
	ledger_close(l);
}

/* A reason that repeats at every try must not fill the volume. */
static void says_once(void)
{
	struct stat before, after;
	struct ledger *l = opened();

	ok(fine(ledger_failed(l, "b", "why")) && !stat(path, &before));
	ledger_close(l);
	l = opened();
	ok(fine(ledger_failed(l, "b", "why")) && !stat(path, &after) && before.st_size == after.st_size);
	ok(fine(ledger_failed(l, "b", "other")) && !stat(path, &after) && before.st_size < after.st_size);
	ledger_close(l);
}

/* Attempts without end: no second "begin", and a file that stays short without forgetting anything. */
static void stays_short(void)
{
	AUTO_FREE char *old = mem_printf("%s.old", path), *reason = mem_new(100001);
	struct stat before, after;
	struct ledger *l = opened();

	ok(fine(ledger_begin(l, "b")) && !stat(path, &before) && fine(ledger_begin(l, "b")) &&
	   !stat(path, &after));
	ok(before.st_size == after.st_size);
	ok(fine(ledger_begin(l, "long")) && fine(ledger_done(l, "long")));
	memset(reason, 'x', 100000);
	for (int i = 0; i < 11; i++) {
		reason[0] = (char)('a' + i);
		ok(fine(ledger_failed(l, "b", reason)));
	}
	ok(fine(ledger_failed(l, "b", "last")));
	ledger_close(l);
	l = opened();
	ok(!stat(path, &after) && after.st_size < 1000 && !stat(old, &before) && before.st_size > 1 << 20);
	ok(ledger_state(l, "long") == LEDGER_DONE && ledger_state(l, "b") == LEDGER_BEGUN &&
	   ledger_state(l, "a") == LEDGER_NEVER);
	ok(fine(ledger_failed(l, "b", "last")) && fine(ledger_begin(l, "b")) && !stat(path, &before) &&
	   before.st_size == after.st_size);
	ok(fine(ledger_forget(l, "long")));
	ledger_close(l);
	l = opened();
	ok(ledger_state(l, "long") == LEDGER_NEVER && ledger_state(l, "b") == LEDGER_BEGUN);
	ledger_close(l);
}

/* Every length that a crash can leave of the last line. */
static void drops_torn(void)
{
	AUTO_FREE char *bytes = NULL;
	size_t len, last;
	struct ledger *l = opened();

	ok(fine(ledger_begin(l, "torn")));
	ledger_close(l);
	ok(fine(file_read(path, 1 << 20, &bytes, &len)));
	for (last = len - 1; bytes[last - 1] != '\n'; last--)
		;
	int torn = 0, right = 0;
	for (size_t cut = last + 1; cut < len; cut++) {
		ok(fine(file_write(path, bytes, cut, 0600)));
		l = opened();
		torn += ledger_was_torn(l);
		right += ledger_state(l, "torn") == LEDGER_NEVER && ledger_state(l, "b") == LEDGER_BEGUN;
		ok(fine(ledger_done(l, "b")));
		ledger_close(l);
		l = opened();
		right += ledger_state(l, "b") == LEDGER_DONE && !ledger_was_torn(l);
		ledger_close(l);
	}
	ok(torn == (int)(len - last - 1) && right == 2 * torn);
}

static void refuses_damage(void)
{
	struct ledger *l = NULL;

	add(&"\0\0\0garbage\n{}\n"[3]);
	ok(says(ledger_open(path, &l), ERR_SYSTEM, "is damaged at byte"));
}

/* Garbage in the whole of the last line, newline and all, is a torn line too. */
static void drops_zeroes(void)
{
	add("{\"n\":9,\"st???\n");
	struct ledger *l = opened();
	ok(ledger_was_torn(l));
	ledger_close(l);
}

int main(void)
{
	ok(mkdtemp(folder) != NULL);
	path = mem_printf("%s/ledger", folder);
	remembers();
	says_once();
	stays_short();
	drops_torn();
	drops_zeroes();
	refuses_damage();
	ok(fine(file_remove_tree(folder)));
	free(path);
	return t_done();
}

/* SPDX-License-Identifier: MIT */
#include "tools/ctl_freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/sql.h"

#define HELD BENCH_RUN "/frozen.json" /* {"pid", "until_ms"}: exists while a process holds the lock */
#define SECONDS 60
#define SECONDS_LONGEST 600
#define PURGE_MS 5000	/* InnoDB may keep a few rows for good */
#define LOCK_SECONDS 60 /* to let running statements end */

static struct err *count(struct sql *root, const char *what, int64_t *ret)
{
	return sql_number(
		root, ret,
		"SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '%s'",
		what);
}

/* The read lock stops writers, but InnoDB still writes pages and purges rows: without this, a copy that
 * takes minutes would be torn. */
static struct err *bring_to_rest(struct sql *root)
{
	int64_t dirty = 1, purge = 1, now = clock_ms(), until = now + LOCK_SECONDS * 1000,
		idle = now + PURGE_MS;

	while (dirty || (purge && clock_ms() < idle)) {
		TRY(count(root, "Innodb_buffer_pool_pages_dirty", &dirty));
		TRY(count(root, "Innodb_history_list_length", &purge));
		if (clock_ms() > until)
			return err_new(ERR_SYSTEM,
				       "MariaDB still has %lld changed pages to write after %d s: freeze "
				       "again when less is written",
				       (long long)dirty, LOCK_SECONDS);
		clock_sleep(50);
	}
	return NULL;
}

struct holding {
	struct sql *root;
	char *percent, *low; /* settings to restore */
};

static void let_go(struct holding *h)
{
	if (h->percent && h->low)
		err_free(sql_run(h->root,
				 "SET GLOBAL innodb_max_dirty_pages_pct = %s, GLOBAL "
				 "innodb_max_dirty_pages_pct_lwm = %s",
				 h->percent, h->low));
	sql_close(h->root);
	free(h->percent);
	free(h->low);
}

static struct err *hold(const struct bench *b, struct holding *h)
{
	TRY(sql_open(b->sql_socket, "root", NULL, NULL, LOCK_SECONDS, &h->root));
	TRY(sql_text(h->root, &h->percent, "SELECT @@GLOBAL.innodb_max_dirty_pages_pct"));
	TRY(sql_text(h->root, &h->low, "SELECT @@GLOBAL.innodb_max_dirty_pages_pct_lwm"));
	TRY(sql_run(h->root, "SET SESSION lock_wait_timeout = %d", LOCK_SECONDS));
	TRY(sql_run(h->root,
		    "SET GLOBAL innodb_max_dirty_pages_pct_lwm = 0, GLOBAL innodb_max_dirty_pages_pct = 0"));
	TRY(sql_run(h->root, "FLUSH TABLES WITH READ LOCK"));
	TRY(bring_to_rest(h->root));
	return durable_sync_all(b->data);
}

/* Waits for TERM or the end of the time. */
static void wait_for_thaw(unsigned seconds)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	struct pollfd p = { signalfd(-1, &term, SFD_CLOEXEC), POLLIN, 0 };
	while (poll(&p, 1, (int)seconds * 1000) < 0 && errno == EINTR)
		;
}

/* The child that holds the lock. It reports through the pipe that it holds it, or why not. However it ends,
 * MariaDB releases the lock. */
static _Noreturn void keep(const struct bench *b, unsigned seconds, int say)
{
	struct holding h = { 0 };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	setsid();
	struct err *e = hold(b, &h);
	json_t *held = json_pack("{s:i, s:I}", "pid", (int)getpid(), "until_ms",
				 (json_int_t)(clock_ms() + seconds * 1000));
	if (!e)
		e = durable_show(HELD, held, 0600);
	json_decref(held);
	AUTO_FREE char *why = e ? err_text(e) : mem_dup("");
	if (write(say, why, strlen(why)) < 0 || e) {
		let_go(&h);
		_exit(1);
	}
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; null >= 0 && i <= STDERR_FILENO; i++)
		dup2(null, i);
	close(say);
	wait_for_thaw(seconds);
	unlink(HELD);
	let_go(&h);
	_exit(0);
}

/* The pid of the process that holds the lock; 0: there is none. */
static pid_t holder(void)
{
	json_t *held = NULL;
	bool damaged;

	err_free(durable_read_json(HELD, &held, &damaged));
	pid_t pid = (pid_t)json_integer_value(json_object_get(held, "pid"));
	bool over = clock_ms() > json_integer_value(json_object_get(held, "until_ms"));
	json_decref(held);
	return pid > 1 && !over && !kill(pid, 0) ? pid : 0;
}

static struct err *freeze(const struct bench *b, unsigned seconds)
{
	char why[512];
	size_t len = 0;
	int ends[2];

	if (holder())
		return err_new(ERR_SYSTEM, "it is frozen already: benchctl thaw");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	pid_t pid = fork();
	if (!pid) {
		close(ends[0]);
		keep(b, seconds, ends[1]);
	}
	close(ends[1]);
	for (ssize_t n; len < sizeof why - 1 && (n = read(ends[0], why + len, sizeof why - 1 - len)) > 0;)
		len += (size_t)n;
	close(ends[0]);
	why[len] = '\0';
	if (pid < 0 || len || !holder())
		return err_new(ERR_SYSTEM, "not frozen: %s", len ? why : "the holder cannot be started");
	printf("frozen for %u s at most: all of the volume is on the disk, and nobody writes to a database; "
	       "benchctl thaw ends it\n",
	       seconds);
	return NULL;
}

static struct err *thaw(void)
{
	pid_t pid = holder();

	if (!pid)
		return err_new(ERR_SYSTEM, "it is not frozen any more: the time was over, or MariaDB has "
					   "ended; what was copied since may be torn");
	kill(pid, SIGTERM);
	for (int64_t until = clock_ms() + LOCK_SECONDS * 1000; !access(HELD, F_OK) && clock_ms() < until;)
		clock_sleep(20);
	puts("thawed: it was frozen until now");
	return NULL;
}

struct err *ctl_freeze(const struct bench *b, int argc, char **argv)
{
	unsigned long seconds = SECONDS;
	char *end = NULL;

	if (!strcmp(argv[0], "thaw"))
		return argc > 1 ? err_new(ERR_USAGE, "usage: benchctl thaw") : thaw();
	if (argc == 3 && !strcmp(argv[1], "--seconds"))
		seconds = strtoul(argv[2], &end, 10);
	if ((argc != 1 && !end) || (end && (*end || end == argv[2])) || seconds < 1 ||
	    seconds > SECONDS_LONGEST)
		return err_new(ERR_USAGE, "usage: benchctl freeze [--seconds 1 to %d]", SECONDS_LONGEST);
	return freeze(b, (unsigned)seconds);
}

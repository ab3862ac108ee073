/* SPDX-License-Identifier: MIT */
#include "start/start_progress.h"

#include "start/attempts.h"
#include "base/mem.h"
#include "lib/reason.h"
#include "t.h"
#include "lib/restart_backoff.h"

#define MINUTE 60000

static json_t *steps(const char *create, const char *why)
{
	return json_pack("{s:I, s:[{s:s, s:s}, {s:s, s:s, s:s*}, {s:s, s:s}]}", "at_ms",
			 (json_int_t)(5 * MINUTE), "steps", "step", "stores", "state", "done", "step",
			 "create/one.localhost", "state", create, "why", why, "step", "open", "state",
			 "pending");
}

static void judges(const struct state_report *state, json_t *report, int64_t heard_ms, int64_t now_ms,
		   bool moves, const char *words)
{
	AUTO_TEXT struct text t = { 0 };

	ok(start_progress_moves(&(struct start_progress){ state, report, heard_ms }, now_ms, &t) == moves);
	is(t.bytes, words);
}

static void starts(void)
{
	struct state_report begun = { .state = STATE_STARTING, .since_ms = MINUTE };
	json_t *running = steps("running", NULL);

	judges(&begun, NULL, 0, 2 * MINUTE, true, "starting");
	judges(&begun, running, 0, 6 * MINUTE, true, "starting: step 2 of 3: create/one.localhost");
	/* a step that says something goes on, however long it takes; one that says
	 * nothing does not for ever */
	judges(&begun, running, 90 * MINUTE, 100 * MINUTE, true,
	       "starting: step 2 of 3: create/one.localhost");
	judges(&begun, running, 0, 36 * MINUTE, false,
	       "not ready: create/one.localhost: nothing has moved for 31 minutes");
	judges(&begun, NULL, 0, 40 * MINUTE, false,
	       "not ready: its programs start: nothing has moved for 39 minutes");
	/* what a person must do something about */
	struct state_report full = { .state = STATE_STARTING,
				     .why = (char *)"the volume is full: waiting for room" };
	judges(&full, NULL, 0, MINUTE, false, "not ready: the volume is full: waiting for room");
	struct state_report failed = { .state = STATE_DEGRADED, .why = (char *)"stores failed: no luck" };
	judges(&failed, running, 0, MINUTE, false, "not ready: stores failed: no luck");
	json_decref(running);
}

static void failures(void)
{
	json_t *failed = steps("failed", "no luck"),
	       *row = json_array_get(json_object_get(failed, "steps"), 0);
	bool of_site;
	AUTO_FREE char *one = start_progress_failure(failed, &of_site);

	is(one, "create/one.localhost failed: no luck");
	ok(of_site);
	json_object_set_new(row, "state", json_string("failed"));
	AUTO_FREE char *two = start_progress_failure(failed, &of_site);
	is(two, "stores failed:  (and 1 more)");
	ok(!of_site);
	ok(!start_progress_failure(NULL, &of_site) && !of_site);
	json_decref(failed);
}

static void tries(void)
{
	struct attempts a = { 0 };
	struct bench b = { .data = "/nonexistent" };
	static const unsigned delays[] = { 5000, 10000, 20000, 40000 };

	for (size_t i = 0; i < COUNT(delays); i++)
		ok(attempts_failed(&a, &b, i % 2 ? "no luck after 31 s" : "no luck after 2 s", false) ==
		   delays[i]);
	ok(attempts_failed(&a, &b, "no luck after 5 s", false) == 0); /* five times the same, numbers apart */
	ok(attempts_failed(&a, &b, "another reason", false) == 60000);
	for (int i = 0; i < 20; i++)
		/* may be mended by itself */
		ok(attempts_failed(&a, &b, "the volume is full", true) == 60000);
	attempts_reset(&a);
	ok(attempts_failed(&a, &b, "no luck", false) == 5000 && a.same == 1);
	attempts_reset(&a);
}

static bool look(struct restart_backoff *w, const char *state, pid_t pid, long seconds, int64_t now_ms,
		 const char *why)
{
	struct process p = {
		.name = (char *)"web",
		.state = (char *)state,
		.pid = pid,
		.start = 1000,
		.now = 1000 + seconds,
	};

	return restart_backoff_note(w, &p, now_ms, why);
}

static void watches(void)
{
	struct restart_backoff w = { 0 };

	/* one that Supervisor starts again at once, for it has lived longer than it must */
	ok(!look(&w, "RUNNING", 10, 3, 0, "x") && !look(&w, "RUNNING", 11, 3, 5000, "x") &&
	   !look(&w, "RUNNING", 12, 3, 10000, "x"));
	ok(look(&w, "RUNNING", 13, 3, 15000, "x"));
	ok(json_integer_value(json_object_get(json_object_get(w.troubles, "web"), "since_ms")) == 5000);
	ok(!look(&w, "BACKOFF", 0, 0, 20000, "x") && look(&w, "BACKOFF", 0, 0, 25000, "y"));
	/* it runs between two ends: still in trouble, until it has run for a minute */
	ok(!look(&w, "RUNNING", 14, 50, 80000, "y") && json_object_get(w.troubles, "web"));
	ok(!look(&w, "RUNNING", 14, 61, 90000, "y") && !json_object_get(w.troubles, "web"));
	/* a restart by hand is none */
	ok(!look(&w, "STOPPED", 0, 0, 95000, "") && !look(&w, "RUNNING", 15, 1, 100000, "") &&
	   !look(&w, "RUNNING", 16, 1, 105000, ""));
	ok(!json_object_get(w.troubles, "web"));
	ok(look(&w, "FATAL", 0, 0, 110000, "z") && !look(&w, "FATAL", 0, 0, 115000, "z"));
	restart_backoff_done(&w);
}

static void reads(const char *log, const char *reason)
{
	AUTO_FREE char *words = reason_in(log);

	is(words, reason);
}

static void reasons(void)
{
	reads("2026-11-29 10:11:12 0 [Note] Starting MariaDB 10.11.6 as process 77\n2026-11-29 10:11:12 0 "
	      "[ERROR] /usr/sbin/mariadbd: unknown variable 'bogus=1'\n"
	      "2026-11-29 10:11:12 0 [ERROR] Aborting\n",
	      "[ERROR] /usr/sbin/mariadbd: unknown variable 'bogus=1' (the server knows no such setting: "
	      "mariadb.settings of the recipe)");
	reads("261129 10:11:12 [ERROR] mysqld got signal 6 ;\nSorry, we probably made a mistake, and this is "
	      "a bug.\n\n"
	      "Your assistance in bug reporting will enable us to fix this for the next release.\nTo report "
	      "this bug, see https://example.org/kb\n",
	      "[ERROR] mysqld got signal 6 ; | Sorry, we probably made a mistake, and this is a bug.");
	reads("2026-11-29 10:11:12 0 [ERROR] Can't create interrupt-thread (error 11, errno: 11)\n",
	      "[ERROR] Can't create interrupt-thread (error 11, errno: 11) (allow more processes and "
	      "threads: docker run --pids-limit -1, --ulimit nproc=-1)");
	reads("2026-11-29 23:31:30 0 [ERROR] InnoDB: File ./ib_logfile0 was not found\n2026-11-29 23:31:30 0 "
	      "[ERROR] Plugin 'InnoDB' registration as a STORAGE ENGINE failed.\n"
	      "2026-11-29 23:31:31 0 [ERROR] Unknown/unsupported storage engine: InnoDB\n2026-11-29 23:31:31 "
	      "0 [ERROR] Aborting\n",
	      "[ERROR] InnoDB: File ./ib_logfile0 was not found | [ERROR] Plugin 'InnoDB' registration as a "
	      "STORAGE ENGINE failed. | [ERROR] Unknown/unsupported "
	      "storage engine: InnoDB (it cannot read its files: take back what was changed of its settings "
	      "or version, else restore a copy of the volume, or a backup on an empty one "
	      "(MKBENCH_RESTORE=latest); nothing is made anew over them)");
	reads("2026-11-29 23:31:30 0 [ERROR] InnoDB: Upgrade after a crash is not supported. This redo log "
	      "was "
	      "created before MariaDB 10.2.2. Please follow https://example.org/kb\n"
	      "2026-11-29 23:31:31 0 [ERROR] Unknown/unsupported storage engine: InnoDB\n",
	      "[ERROR] InnoDB: Upgrade after a crash is not supported. This redo log was created before "
	      "MariaDB "
	      "10.2.2. | [ERROR] Unknown/unsupported storage engine: InnoDB (so it calls an ib_logfile0 "
	      "whose "
	      "beginning is damaged: restore a copy of the volume, or a backup on an empty one "
	      "(MKBENCH_RESTORE=latest); nothing is made anew over it)");
	reads("Traceback (most recent call last):\n  File \"/x/y.py\", line 3, in <module>\nRuntimeError: "
	      "can't start new thread\n",
	      "RuntimeError: can't start new thread (allow more processes and threads: docker run "
	      "--pids-limit -1, --ulimit nproc=-1)");
	reads("12:M 29 Nov 2026 10:11:12.345 # WARNING Memory overcommit must be enabled! a background save "
	      "may fail\n"
	      "12:M 29 Nov 2026 10:11:12.345 # Warning: Could not create server TCP listening socket "
	      "127.0.0.1:11000: bind: Address already in use\n"
	      "12:M 29 Nov 2026 10:11:12.346 # Failed listening on port 11000 (tcp), aborting.\n",
	      "Failed listening on port 11000 (tcp), aborting. (another program has that port: stop it, or "
	      "choose another in the recipe)");
	reads("\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line "
	      "3\n>>> 'maxmemory-policy none'\n"
	      "argument(s) must be one of the following\n",
	      "*** FATAL CONFIG FILE ERROR (Redis 7.0.15) *** | Reading the configuration file, at line 3 | "
	      ">>> 'maxmemory-policy none'"
	      " | argument(s) must be one of the following"
	      " (the recipe's redis, or this server's version, does not allow that line)");
	reads("2026/11/29 10:11:12 [emerg] 33#33: bind() to 0.0.0.0:8080 failed (98: Address already in "
	      "use)\n"
	      "2026/11/29 10:11:13 [emerg] 33#33: still could not bind()\n",
	      "[emerg] 33#33: bind() to 0.0.0.0:8080 failed (98: Address already in use) | [emerg] 33#33: "
	      "still could not bind()"
	      " (another program has that port or socket: stop it, or choose another in the recipe)");
	reads("[2026-11-29 10:11:12 +0000] [7] [INFO] Booting worker with pid: 7\n[2026-11-29 10:11:12 "
	      "+0000] [7] [ERROR] Exception in worker process\n"
	      "Traceback (most recent call last):\n  File \"/x/y.py\", line 3, in <module>\n    import "
	      "missing\nModuleNotFoundError: No module named 'missing'\n"
	      "[2026-11-29 10:11:12 +0000] [7] [INFO] Worker exiting (pid: 7)\n[2026-11-29 10:11:12 +0000] "
	      "[6] [ERROR] Shutting down: Master\n"
	      "[2026-11-29 10:11:12 +0000] [6] [ERROR] Reason: Worker failed to boot.\n",
	      "ModuleNotFoundError: No module named 'missing'");
	reads("Error: The minimum number of file descriptors required to run this process is 4096 as per the "
	      "\"minfds\" command-line argument or config file "
	      "setting. The current environment will only allow you to open 1024 file descriptors.\nFor "
	      "help, use /usr/bin/supervisord -h\n",
	      "Error: The minimum number of file descriptors required to run this process is 4096 as per the "
	      "\"minfds\" command-line argument or config file "
	      "setting. The current environment will only allow you to open 1024 file descriptors. (allow "
	      "more open files: docker run --ulimit nofile=65536)");
	reads("Installing MariaDB/MySQL system tables in '/data/m' ...\n2026-11-29  2:46:02 0 [ERROR] "
	      "InnoDB: preallocating 50331648 bytes for file ./ib_logfile101 failed with error 28\n"
	      "2026-11-29  2:46:02 0 [ERROR] Unknown/unsupported storage engine: InnoDB\n2026-11-29  2:46:02 "
	      "0 [ERROR] Aborting\n\n"
	      "Installation of system tables failed!  Examine the logs in\n/data/m for more information.\n\n"
	      "The latest information about mysql_install_db is available at\nhttps://example.org\n\nPlease "
	      "check all of the above before submitting a bug report\n"
	      "at https://example.org/jira\n",
	      "[ERROR] InnoDB: preallocating 50331648 bytes for file ./ib_logfile101 failed with error 28 | "
	      "[ERROR] Unknown/unsupported storage engine: InnoDB"
	      " (make room on the volume)");
	/* no error in it: its last words, fit for a terminal */
	reads("one\ntwo\nthree\nfour\033[2J\n", "two | three | four?[2J");
	reads("", "");
	reads("\n\n   \n", "");
	ok(reason_is_same("[emerg] 33#33: x", "[emerg] 4711#4711: x") && !reason_is_same("x", "xy") &&
	   reason_is_same("at 5", "at 12"));
}

int main(void)
{
	starts();
	failures();
	tries();
	watches();
	reasons();
	return t_done();
}

/* SPDX-License-Identifier: MIT */
#include "lib/supervisor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/socket.h"
#include "start/stop.h"
#include "t.h"

#define MEMBER(name, type, value) \
	"<member>\n<name>" name "</name>\n<value><" type ">" value "</" type "></value>\n</member>\n"

static const char answer[] =
	"<?xml version='1.0'?><methodResponse><params><param><value><array><data>\n"
	"<value><struct>\n" MEMBER("name", "string", "short-0") MEMBER("group", "string", "workers") MEMBER(
		"start", "int", "100") MEMBER("now", "int", "160") MEMBER("statename", "string", "RUNNING")
		MEMBER("spawnerr", "string", "") MEMBER("stdout_logfile", "string",
							"/data/logs/a&amp;b&lt;c.log")
			MEMBER("pid", "int",
			       "42") "</struct></value>\n"
				     "<value><struct>\n" MEMBER("name", "string", "odd") MEMBER(
					     "group", "string",
					     "odd") MEMBER("statename", "string",
							   "FATAL") MEMBER("spawnerr", "string",
									   "can't find command") MEMBER("pid",
													"int",
													"-1")
					     MEMBER("now", "int",
						    "9223372036854775807") "</struct></value>\n"
									   "</data></array></value></param></"
									   "params></methodResponse>";

static const char fault[] = "<methodResponse><fault><value><struct>" MEMBER("faultCode", "int", "10")
	MEMBER("faultString", "string", "BAD_NAME: x") "</struct></value></fault></methodResponse>";

static const struct bench_program rows[] = {
	{ .name = "short", .group = "workers" },
	{ .name = "short-extra", .group = "workers" },
	{ .name = "web", .group = "web" },
};

static void parses(const struct bench *b)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	struct err *e = supervisor_parse(b, answer, &list);

	ok(!e && list.count == 2);
	is(list.items[0].name, "short-0");
	is(list.items[0].log, "/data/logs/a&b<c.log");
	ok(list.items[0].pid == 42 && list.items[0].now - list.items[0].start == 60 &&
	   list.items[0].program == &rows[0]);
	is(list.items[1].state, "FATAL");
	is(list.items[1].problem, "can't find command");
	ok(!list.items[1].program && !list.items[1].pid && !list.items[1].now);
}

static void fails(const struct bench *b)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	struct err *e = supervisor_parse(b, fault, &list);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	is(text, "supervisor: BAD_NAME: x");
	err_free(e);
	/* every cut of an answer ends in a result or an error, never beyond its bytes */
	for (size_t cut = 0; cut < sizeof answer; cut++) {
		AUTO_FREE char *part = mem_ndup(answer, cut);
		AUTO_PROCESSES struct process_list some = { 0 };
		err_free(supervisor_parse(b, part, &some));
	}
}

/* A Supervisor that does as it is told, on a machine that stands still for four seconds. */
static void answer_late(int fd)
{
	static const char done[] = "<methodResponse></methodResponse>";
	char request[4096];
	int client = accept(fd, NULL, NULL);

	if (client < 0 || read(client, request, sizeof request) <= 0)
		_exit(1);
	sleep(4);
	dprintf(client, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(done), done);
	_exit(0);
}

static struct err *stop_within(unsigned limit_ms)
{
	char folder[] = "/tmp/supervisor-XXXXXX";
	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *path = mem_printf("%s/socket", folder);
	const struct bench b = { .supervisor_socket = path };
	char group[] = "workers", name[] = "short-0";
	const struct process p = { .group = group, .name = name };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	ok(!bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, 1));
	pid_t pid = fork();
	if (!pid)
		answer_late(fd);
	close(fd);
	struct err *e = supervisor_stop(&b, &p, limit_ms);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(!unlink(path) && !rmdir(folder));
	return e;
}

/* An order waits for it; whoever stops a machine in a given time does not. */
static void waits_for_what_it_ordered(void)
{
	struct err *e = stop_within(SUPERVISOR_ORDER_MS), *late = stop_within(SUPERVISOR_CALL_MS);

	ok(!e && late);
	err_free(e);
	err_free(late);
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	return bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 8) ? -1 : fd;
}

/* A MariaDB that greets its clients a while after somebody has seen it in Supervisor's list. */
static void start_late(const char *sql, int seen)
{
	char first;

	if (read(seen, &first, 1) != 1)
		_exit(1);
	usleep(400000);
	for (int fd = listen_at(sql);;) {
		int client = accept(fd, NULL, NULL);
		if (client < 0 || write(client, "5", 1) != 1)
			_exit(1);
		close(client);
	}
}

/* A Supervisor that has a MariaDB alone. It ends with 1 if it was to stop one that had not started. */
static void stop_when_told(int fd, pid_t mariadb, const char *sql, int seen)
{
	bool stopped = false, early = false;

	for (;;) {
		char request[4096] = "";
		size_t len = 0;
		int client = accept(fd, NULL, NULL);
		while (!strstr(request, "</methodCall>")) {
			ssize_t n = read(client, request + len, sizeof request - 1 - len);
			if (n <= 0)
				_exit(early);
			len += (size_t)n;
		}
		if (strstr(request, "stopProcess")) {
			stopped = true;
			early = access(sql, F_OK) < 0;
		}
		AUTO_FREE char *body = mem_printf(
			"<struct>" MEMBER("name", "string", "mariadb") MEMBER("group", "string", "database")
				MEMBER("statename", "string", "%s") MEMBER("pid", "int", "%d") "</struct>",
			stopped ? "STOPPED" : "STARTING", stopped ? 0 : (int)mariadb);
		dprintf(client, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
		close(client);
		if (write(seen, "", 1) != 1)
			_exit(2);
	}
}

/* Stopping a phase leaves a MariaDB that starts the time to do it: it would ignore the request. */
static void lets_start(void)
{
	char folder[] = "/tmp/supervisor-XXXXXX";
	int seen[2], status;

	ok(mkdtemp(folder) && !pipe(seen));
	AUTO_FREE char *path = mem_printf("%s/socket", folder), *sql = mem_printf("%s/sql", folder);
	struct bench_program row = { .name = "mariadb",
				     .group = "database",
				     .role = ROLE_MARIADB,
				     .phase = PHASE_STORES,
				     .stop_seconds = 600 };
	const struct bench b = { .supervisor_socket = path, .sql_socket = sql, .programs = { &row, 1 } };
	int fd = listen_at(path);
	ok(fd >= 0);
	pid_t mariadb = fork();
	if (!mariadb)
		start_late(sql, seen[0]);
	pid_t supervisor = fork();
	if (!supervisor)
		stop_when_told(fd, mariadb, sql, seen[1]);
	close(fd);
	struct err *e = supervisor_stop_phase(&b, PHASE_STORES, 1000);
	ok(!e);
	err_free(e);
	int last = -1; /* the connection that ends it */
	ok(!socket_connect(path, 0, 1000, &last) && !close(last));
	ok(waitpid(supervisor, &status, 0) == supervisor && WIFEXITED(status) && !WEXITSTATUS(status));
	kill(mariadb, SIGKILL);
	ok(waitpid(mariadb, NULL, 0) == mariadb && !close(seen[0]) && !close(seen[1]));
	unlink(sql);
	ok(!unlink(path) && !rmdir(folder));
}

int main(void)
{
	struct bench b = { .programs = { (struct bench_program *)rows, COUNT(rows) } };

	parses(&b);
	fails(&b);
	waits_for_what_it_ordered();
	lets_start();
	ok(supervisor_program(&b, "workers", "short") == &rows[0] &&
	   supervisor_program(&b, "workers", "short_12") == &rows[0]);
	ok(supervisor_program(&b, "workers", "short-extra") == &rows[1] &&
	   !supervisor_program(&b, "workers", "short-x"));
	ok(!supervisor_program(&b, "other", "short") && supervisor_program(&b, "web", "web") == &rows[2]);
	/* a row has its own time, but never the time of those after it; nothing left is still a little */
	ok(stop_share(4000, 5000, 10000) == 4000 && stop_share(4000, 5000, 7000) == 2000 &&
	   stop_share(4000, 5000, 4000) == 1000);
	ok(stop_share(3000, 0, 9000) == 9000 && stop_share(3000, 0, 2000) == 2000 &&
	   stop_share(3000, 0, 0) == 0);
	return t_done();
}

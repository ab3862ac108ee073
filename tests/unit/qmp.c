/* SPDX-License-Identifier: MIT */
/* Questions to a machine that answers well, or without end. */
#include "engine/qmp.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "says.h"

static void answer(int fd, bool well)
{
	char question[4096] = "", more[65536];
	const char *const output = "two\nlines", *const none = "";

	if (read(fd, question, sizeof question - 1) <= 0)
		_exit(1);
	json_t *asked = json_loads(question, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *said = json_pack("{s:O, s:i, s:s}", "id", json_object_get(asked, "id"), "status", 3, "output",
				 output);
	AUTO_FREE char *line = json_dumps(said, JSON_COMPACT);
	dprintf(fd, "no JSON\n{\"id\": 7}\n{\"id\": \"another's\"}\n%s%s", well ? line : none,
		well ? "\n" : "");
	memset(more, 'x', sizeof more);
	while (!well && send(fd, more, sizeof more, MSG_NOSIGNAL) > 0)
		continue;
	json_decref(asked);
	json_decref(said);
}

/* A listening socket at that path. */
static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1))
		exit(1);
	return fd;
}

static struct err *ask(const char *path, bool well, char **ret_output, int *ret_status)
{
	const char *const argv[] = { "cat", "/x", NULL };
	int fd = listen_at(path);
	pid_t pid = fork();
	if (!pid) {
		answer(accept(fd, NULL, NULL), well);
		_exit(0);
	}
	close(fd);
	struct err *e = qmp_agent(path, argv, 600000, ret_output, ret_status);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink(path);
	return e;
}

/* A QEMU that says something unasked, takes capabilities, and answers `reply` to a
 * command, which it writes to `heard`. */
static void answer_command(int fd, const char *reply, int heard)
{
	char question[4096] = "";

	dprintf(fd, "{\"QMP\": {\"version\": {}}}\n");
	if (read(fd, question, sizeof question) <= 0)
		_exit(1);
	dprintf(fd, "{\"event\": \"RESUME\"}\n{\"return\": {}}\n");
	ssize_t n = read(fd, question, sizeof question);
	if (n <= 0 || write(heard, question, (size_t)n) != n)
		_exit(1);
	dprintf(fd, "{\"event\": \"STOP\"}\n%s\n", reply);
}

static struct err *command(const char *path, const char *reply, json_t *arguments, json_t **ret, char *heard,
			   size_t room)
{
	int fd = listen_at(path), ends[2];

	if (pipe(ends))
		exit(1);
	pid_t pid = fork();
	if (!pid) {
		answer_command(accept(fd, NULL, NULL), reply, ends[1]);
		_exit(0);
	}
	close(fd);
	close(ends[1]);
	struct err *e = qmp_execute(path, "query-status", arguments, ret);
	ssize_t n = read(ends[0], heard, room - 1);
	heard[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	waitpid(pid, NULL, 0);
	unlink(path);
	return e;
}

static void commands(const char *path)
{
	char heard[4096];
	json_t *status = NULL, *none = NULL;

	ok(fine(command(path, "{\"return\": {\"status\": \"io-error\"}}", NULL, &status, heard,
			sizeof heard)));
	is(heard, "{\"execute\":\"query-status\"}\n");
	is(json_string_value(json_object_get(status, "status")), "io-error");
	ok(fine(command(path, "{\"return\": {}}", json_pack("{s:i}", "n", 1), NULL, heard, sizeof heard)));
	is(heard, "{\"execute\":\"query-status\",\"arguments\":{\"n\":1}}\n");
	ok(says(command(path, "{\"error\": {\"class\": \"x\", \"desc\": \"no such thing\"}}", NULL, &none,
			heard, sizeof heard),
		ERR_SYSTEM, "qemu: no such thing"));
	ok(!none);
	json_decref(status);
}

int main(void)
{
	char folder[] = "/tmp/talk.XXXXXX";
	AUTO_FREE char *output = NULL, *nothing = NULL;
	int status = 0;

	if (!mkdtemp(folder))
		return 1;
	AUTO_FREE char *path = mem_printf("%s/agent", folder);
	ok(fine(ask(path, true, &output, &status)));
	is(output, "two\nlines");
	ok(status == 3);
	ok(says(ask(path, false, &nothing, &status), ERR_SYSTEM, "the virtual machine's answer has no end"));
	commands(path);
	rmdir(folder);
	return t_done();
}

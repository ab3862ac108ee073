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
	json_t *said = json_pack("{s:O, s:i, s:s}", "id", json_object_get(asked, "id"), "status", 3, "output", output);
	AUTO_FREE char *line = json_dumps(said, JSON_COMPACT);
	dprintf(fd, "no JSON\n{\"id\": 7}\n{\"id\": \"another's\"}\n%s%s", well ? line : none, well ? "\n" : "");
	memset(more, 'x', sizeof more);
	while (!well && send(fd, more, sizeof more, MSG_NOSIGNAL) > 0)
		continue;
	json_decref(asked);
	json_decref(said);
}

static struct err *ask(const char *path, bool well, char **ret_output, int *ret_status)
{
	const char *const argv[] = { "cat", "/x", NULL };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1))
		exit(1);
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
	rmdir(folder);
	return t_done();
}

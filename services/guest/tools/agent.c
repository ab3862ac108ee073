/* SPDX-License-Identifier: MIT */
#include "tools/agent.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "lib/log.h"

#define PORT "/dev/virtio-ports/org.mkbench.agent"
#define LIMIT (1u << 20) /* of a request */
#define SECONDS 150	 /* less than mkbench waits for an answer */
#define PAUSE_MS 200	 /* while the host is not connected, a read ends at once */

static char *answer(const json_t *question)
{
	const json_t *words = json_object_get(question, "argv");
	size_t count = json_array_size(words);
	AUTO_FREE const char **argv = mem_array(count + 1, sizeof *argv);
	AUTO_FREE char *output = NULL;
	int status = 127;

	for (size_t i = 0; i < count; i++)
		argv[i] = json_string_value(json_array_get(words, i));
	for (size_t i = 0; i < count; i++)
		if (!argv[i])
			return NULL;
	if (!count)
		return NULL;
	struct err *e =
		child_run(&(struct child){ .argv = argv, .limit_seconds = SECONDS }, &output, NULL, &status);
	if (e)
		output = err_text(e);
	err_free(e);
	utf8_plain(output);
	json_t *all = json_pack("{s:O, s:i, s:s}", "id", json_object_get(question, "id"), "status", status,
				"output", output);
	char *line = all ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	return line;
}

static void serve(int fd, const char *line)
{
	json_t *question = json_loads(line, 0, NULL);
	AUTO_FREE char *reply = json_object_get(question, "id") ? answer(question) : NULL;

	json_decref(question);
	if (!reply)
		return; /* a truncated line, or no request of ours */
	AUTO_FREE char *whole = mem_printf("%s\n", reply);
	err_free(file_write_all(fd, whole, strlen(whole), PORT)); /* the host has closed the port */
}

int agent_main(int argc, char **argv)
{
	AUTO_CLOSE int fd = open(PORT, O_RDWR | O_CLOEXEC);
	AUTO_TEXT struct text line = { 0 };
	char bytes[4096];

	(void)argc, (void)argv;
	log_as("agent");
	if (fd < 0) {
		log_line("this machine has no " PORT);
		return ERR_SYSTEM;
	}
	for (;;) {
		ssize_t n = read(fd, bytes, sizeof bytes);
		if (n <= 0)
			clock_sleep(PAUSE_MS);
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] != '\n' && line.len < LIMIT) {
				text_add(&line, &bytes[i], 1);
				continue;
			}
			serve(fd, line.bytes ? line.bytes : "");
			text_done(&line);
		}
	}
}

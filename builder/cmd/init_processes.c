/* SPDX-License-Identifier: MIT */
#include "cmd/init_processes.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/init_note.h"

#define QUEUE "abcdefghijklmnopqrstuvwxyz0123456789_"

static long number(const json_t *root, const char *key, long min, long max)
{
	const json_t *value = json_object_get(root, key);
	long n = json_is_integer(value) ? (long)json_integer_value(value) : 0;

	return n >= min && n <= max ? n : 0;
}

/* Whether the bench's settings, or every bench, have a worker for that queue. */
static bool has_worker(const json_t *own, const char *queue)
{
	return !strcmp(queue, "short") || !strcmp(queue, "default") || !strcmp(queue, "long") ||
	       json_object_get(own, queue);
}

/* Adds queues that only a line of the Procfile names: "worker_mail: bench worker --queue mail,bulk". */
static void put_line_workers(const json_t *own, char *line, struct text *out)
{
	static const char option[] = "--queue";
	char *queues = text_starts(line, "worker") ? strstr(line, option) : NULL, *queue;
	AUTO_TEXT struct text names = { 0 };

	if (!queues)
		return;
	queues += strlen(option);
	queues += strspn(queues, " =\t\"'");
	queues[strcspn(queues, " \t\r\"';&|")] = '\0';
	while ((queue = strsep(&queues, ","))) {
		AUTO_FREE char *whole = mem_printf(" %s,", queue);
		if (*queue && !queue[strspn(queue, QUEUE)] && !has_worker(own, queue) &&
		    !(names.bytes && strstr(names.bytes, whole)))
			text_put(&names, whole);
	}
	if (names.bytes)
		text_printf(out, "  - queues: [%.*s]\n", (int)names.len - 2, names.bytes + 1);
}

/* Writes the queues that every bench has, and the bench's own. */
void init_processes_workers(const json_t *root, char *procfile, struct text *out)
{
	long count = number(root, "background_workers", 1, 256);
	json_t *own = json_object_get(root, "workers"), *worker;
	const char *name;

	text_printf(out,
		    "\nworkers:\n  - queues: [short, default]\n    count: %ld\n  - queues: [long, default, "
		    "short]\n    timeout: 25m\n    count: %ld\n",
		    count ? count : 1, count ? count : 1);
	json_object_foreach(own, name, worker)
	{
		long timeout = number(worker, "timeout", 1, 86400),
		     processes = number(worker, "background_workers", 1, 256);
		if (name[strspn(name, QUEUE)])
			continue;
		text_printf(out, "  - queues: [%s]\n    timeout: %ld\n    count: %ld\n", name,
			    timeout ? timeout : 300, processes ? processes : 1);
	}
	while (procfile)
		put_line_workers(own, strsep(&procfile, "\n"), out);
}

/* A port in the settings; 0: none, or one that something else uses inside an image. */
static long own_port(const json_t *root, const char *key, long other)
{
	/* a recipe's defaults for nginx, mariadb and redis */
	static const long taken[] = { 8080, 3306, 13000, 11000, 12000 };
	long port = number(root, key, 1, 65535);
	bool free_inside = port != other;

	for (size_t i = 0; i < COUNT(taken); i++)
		free_inside = free_inside && port != taken[i];
	if (!port || free_inside)
		return port;
	init_note("%s %ld is left out: something else has that port inside an image", key, port);
	return 0;
}

void init_processes_ports(const json_t *root, struct text *out)
{
	long second = number(root, "socketio_port", 1, 65535),
	     web = own_port(root, "webserver_port", second ? second : 9000),
	     socketio = own_port(root, "socketio_port", web ? web : 8000);

	if (web)
		text_printf(out, "web:\n  port: %ld\n", web);
	if (socketio)
		text_printf(out, "socketio:\n  port: %ld\n", socketio);
}

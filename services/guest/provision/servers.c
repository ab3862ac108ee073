/* SPDX-License-Identifier: MIT */
#include "provision/servers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "lib/durable.h"

#define LIMIT_SECONDS 60

static const struct {
	const char *key, *title, *argv[4], *before;
} servers[] = {
	{ "mariadb", "MariaDB", { "/usr/sbin/mariadbd", "--no-defaults", "--version", NULL }, "Ver " },
	{ "redis", "Redis", { "/usr/bin/redis-server", "--version", NULL }, "v=" },
};

/* "10.11.14"; the caller frees it. NULL: the program is missing or does not say. */
static char *ask(size_t i)
{
	AUTO_FREE char *said = NULL;
	const struct child c = { .argv = servers[i].argv, .cwd = "/", .limit_seconds = LIMIT_SECONDS };
	int status = 0;

	if (access(servers[i].argv[0], X_OK) < 0)
		return NULL;
	struct err *e = child_run(&c, &said, NULL, &status);
	const char *at = e || status ? NULL : strstr(said, servers[i].before);
	err_free(e);
	at = at ? at + strlen(servers[i].before) : "";
	size_t len = strspn(at, "0123456789.");
	return len ? mem_ndup(at, len) : NULL;
}

/* The same, asked only once. */
static const char *version_of(size_t i)
{
	static char *versions[COUNT(servers)];

	if (!versions[i])
		versions[i] = ask(i);
	return versions[i];
}

/* A series is the first two numbers: within a series the file formats stay. */
static bool is_older(const char *one, const char *other)
{
	unsigned a[2] = { 0 }, b[2] = { 0 };

	if (sscanf(one, "%u.%u", &a[0], &a[1]) < 1 || sscanf(other, "%u.%u", &b[0], &b[1]) < 1)
		return false;
	return a[0] != b[0] ? a[0] < b[0] : a[1] < b[1];
}

struct err *servers_check(const struct bench *b, const char *path)
{
	json_t *format = NULL;
	bool damaged;
	struct err *e = durable_read_json(path, &format, &damaged);

	for (size_t i = 0; !e && i < COUNT(servers); i++) {
		const char *had = json_string_value(
			json_object_get(json_object_get(format, "servers"), servers[i].key));
		const char *has = had ? version_of(i) : NULL;
		if (has && is_older(has, had))
			e = err_new(ERR_SYSTEM,
				    "%s was last used by %s %s, and this image has %s, which may not read "
				    "it; nothing was touched: start the newer image, or restore a copy from "
				    "before it",
				    b->data, servers[i].title, had, has);
	}
	json_decref(format);
	return e;
}

struct err *servers_record(const struct bench *b)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/format.json");
	json_t *format = NULL, *rows = json_object();
	bool damaged;
	struct err *e = durable_read_json(path, &format, &damaged);

	for (size_t i = 0; i < COUNT(servers); i++) {
		const char *has = version_of(i);
		if (has)
			json_object_set_new(rows, servers[i].key, json_string(has));
	}
	if (!e && format && json_object_size(rows)) {
		json_object_set(format, "servers", rows);
		e = durable_json(path, format, 0644, &durable_root, NULL);
	}
	json_decref(rows);
	json_decref(format);
	return e;
}

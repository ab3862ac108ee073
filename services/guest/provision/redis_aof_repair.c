/* SPDX-License-Identifier: MIT */
#include "provision/redis_aof_repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "lib/log.h"

#define LIMIT_SECONDS 300
/* at most an interrupted command; a larger loss is for a person to decide */
#define TORN_MOST (1u << 20)

static struct err *check(const struct bench_redis *r, const char *manifest, const char *answer,
			 char **ret_said, int *ret_status)
{
	const char *const look[] = { "/usr/bin/redis-check-aof", manifest, NULL };
	const char *const mend[] = { "/usr/bin/redis-check-aof", "--fix", manifest, NULL };
	const struct child c = {
		.argv = answer ? mend : look,
		.cwd = "/",
		.input = answer,
		.input_len = answer ? strlen(answer) : 0,
		.as_user = true,
		.uid = r->user.uid,
		.gid = r->user.gid,
		.limit_seconds = LIMIT_SECONDS,
	};

	return child_run(&c, ret_said, NULL, ret_status);
}

/* Parses "AOF analyzed: filename=appendonly.aof.1.incr.aof, size=102, ok_up_to=77, ok_up_to_line=24,
 * diff=25", one line a file. Returns how many bytes the last file has too many, if it is the one that
 * commands are appended to. */
static unsigned long torn_bytes(const char *said)
{
	unsigned long bytes = 0;

	for (const char *at = said; (at = strstr(at, "filename="));) {
		const char *end = at + strcspn(at, "\n"), *diff = strstr(at, ", diff="),
			   *base = strstr(at, ".base.");
		bool of_base = base && base < end;
		bytes = diff && diff < end && !of_base ? strtoul(diff + strlen(", diff="), NULL, 10) : 0;
		at = end;
	}
	return bytes;
}

/* The last append-only file that said names; the caller frees the name. */
static char *last_named(const char *said)
{
	const char *last = NULL;

	for (const char *at = said; (at = strstr(at, "appendonly.aof.")); at++)
		last = at;
	size_t len = last ? strspn(last, "abcdefghijklmnopqrstuvwxyz.0123456789") : 0;
	while (len && last[len - 1] == '.')
		len--;
	return last ? mem_ndup(last, len) : mem_dup("a file");
}

struct err *redis_aof_repair(const struct bench_redis *r)
{
	AUTO_FREE char *manifest =
			       mem_printf("%s/appendonlydir/appendonly.aof.manifest", r->data ? r->data : ""),
		       *said = NULL, *after = NULL;
	int status = 0;

	if (!r->data || access(manifest, F_OK) < 0)
		return NULL;
	TRY(check(r, manifest, NULL, &said, &status));
	if (!status)
		return NULL;
	unsigned long torn = torn_bytes(said);
	if (!torn || torn > TORN_MOST) {
		AUTO_FREE char *name = last_named(said);
		return err_new(ERR_SYSTEM,
			       "%s: %s of %s/appendonlydir is damaged or gone, and jobs may have been in it: "
			       "put back a copy; 'redis-check-aof --fix %s' goes on with what is whole, 'mv "
			       "%s/appendonlydir %s/damaged' with an empty queue, then benchctl retry",
			       r->name, name, r->data, manifest, r->data, r->data);
	}
	TRY(check(r, manifest, "y\n", &after, &status));
	if (status)
		return err_new(ERR_SYSTEM, "%s: the torn end of its file in %s cannot be cut off", r->name,
			       r->data);
	log_line("%s: the last %lu bytes of its file were torn, and are cut off", r->name, torn);
	return NULL;
}

/* An instance that cannot be repaired does not start, and health says so; the others do. */
void redis_aof_repair_mend_all(const struct bench *b)
{
	for (size_t i = 0; i < b->redis.count; i++) {
		struct err *e = redis_aof_repair(&b->redis.items[i]);
		if (e)
			log_err(e, "warning");
	}
}

/* SPDX-License-Identifier: MIT */
#include "provision/kept_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/redis.h"
#include "lib/sql.h"

#define IDLE_MS 200 /* for the connections of programs that have just ended */
#define POLL_MS 20
#define ROOM_LEAST (64u << 20) /* bytes: what MariaDB's stop and the next start write */
#define LARGEST (64u << 20)    /* bytes: what is more would hold a stop and a start up */

/* The file of an instance that keeps, else NULL. The caller frees it. */
static char *path_of(const struct bench *b, const struct bench_redis *r)
{
	return redis_is_cache(r) && r->data && !b->development ? mem_printf("%s/dump.rdb", r->data) : NULL;
}

static bool is_kept(const struct bench *b)
{
	bool kept = false;

	for (size_t i = 0; i < b->redis.count; i++) {
		AUTO_FREE char *path = path_of(b, &b->redis.items[i]);
		kept |= path != NULL;
	}
	return kept;
}

/* Somebody's migration changes tables, and empties the cache when it is through: this stop cuts it off. */
bool kept_cache_is_idle(const struct bench *b)
{
	int64_t until = clock_ms() + IDLE_MS, others = 0;
	AUTO_SQL struct sql *root = NULL;
	struct err *e = NULL;

	if (!is_kept(b))
		return false;
	for (e = sql_open(b->sql_socket, "root", NULL, NULL, 1, &root); !e; clock_sleep(POLL_MS)) {
		e = sql_number(
			root, &others,
			"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND "
			"USER NOT IN ('system user', 'event_scheduler')");
		if (!others || clock_ms() > until)
			break;
	}
	if (others)
		log_line("somebody still works in the bench: the cache begins empty");
	if (e)
		log_err(e, "the cache begins empty");
	return !e && !others;
}

static bool fits(const struct bench_redis *r, const char *memory)
{
	const char *used = memory ? strstr(memory, "used_memory:") : NULL;
	uint64_t bytes = used ? strtoull(used + strlen("used_memory:"), NULL, 10) : UINT64_MAX;
	struct statvfs fs;

	return bytes <= LARGEST && !statvfs(r->data, &fs) &&
	       (uint64_t)fs.f_bavail * fs.f_frsize >= bytes + ROOM_LEAST;
}

static struct err *save(const struct bench_redis *r, unsigned limit_ms, bool *ret_saved)
{
	int64_t until = clock_ms() + limit_ms;
	json_t *reply = NULL;

	TRY(redis_query(r, limit_ms, &reply, "INFO memory"));
	bool all = fits(r, json_string_value(reply));
	int64_t left = until - clock_ms();
	json_decref(reply);
	if (!all)
		return NULL;
	if (left <= 0)
		return err_new(ERR_SYSTEM, "%s answers too slowly", r->name);
	TRY(redis_query(r, (unsigned)left, &reply, "SAVE"));
	json_decref(reply);
	*ret_saved = true;
	return NULL;
}

bool kept_cache_save(const struct bench *b, unsigned limit_ms)
{
	bool all = is_kept(b);

	for (size_t i = 0; i < b->redis.count; i++) {
		AUTO_FREE char *path = path_of(b, &b->redis.items[i]);
		bool saved = false;
		struct err *e = path ? save(&b->redis.items[i], limit_ms, &saved) : NULL;
		if (e)
			log_err(e, "the cache begins empty");
		all &= saved || !path;
	}
	return all;
}

/* What changes with every start of MariaDB, and with every copy of its folder that is not exact. */
static char *describe_tables(const struct bench *b)
{
	AUTO_FREE char *path = mem_printf("%s/ib_logfile0", b->sql_data);
	struct stat st;

	return lstat(path, &st) < 0 ? NULL :
				      mem_printf("%lld %lld.%09ld", (long long)st.st_size,
						 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static struct err *foreign(const char *path)
{
	return err_new(ERR_SYSTEM, "%s is not what Redis wrote", path);
}

static struct err *read_kept(const char *path, char **ret_hex)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	AUTO_FREE char *bytes = mem_new(64 << 10);
	char hex[DIGEST_HEX];
	uint64_t left = LARGEST;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "%s", path);
	if (!S_ISREG(st.st_mode) || st.st_size > LARGEST)
		return foreign(path);
	struct digest_run *run = digest_start();
	while ((n = read(fd, bytes, 64 << 10)) > 0 && (uint64_t)n <= left) {
		digest_feed(run, bytes, (size_t)n);
		left -= (uint64_t)n;
	}
	struct digest d = digest_finish(run);
	if (n < 0)
		return err_errno(errno, "read %s", path);
	if (n > 0) /* somebody makes it longer */
		return foreign(path);
	*ret_hex = mem_dup(digest_hex(&d, hex));
	return NULL;
}

json_t *kept_cache_note(const struct bench *b)
{
	AUTO_FREE char *tables = describe_tables(b);
	json_t *note = json_object();

	for (size_t i = 0; tables && i < b->redis.count; i++) {
		AUTO_FREE char *path = path_of(b, &b->redis.items[i]), *hex = NULL;
		struct err *e = path ? read_kept(path, &hex) : NULL;
		err_free(e); /* there is none */
		if (hex)
			json_object_set_new(note, b->redis.items[i].name,
					    json_pack("{s:s, s:s}", "sha256", hex, "tables", tables));
	}
	return note;
}

static bool says(const json_t *object, const char *key, const char *value)
{
	const char *known = json_string_value(json_object_get(object, key));

	return known && value && !strcmp(known, value);
}

static bool suits(const struct bench *b, const char *path, const json_t *note)
{
	AUTO_FREE char *tables = describe_tables(b), *hex = NULL;
	struct err *e = says(note, "tables", tables) ? read_kept(path, &hex) : NULL;

	if (e)
		log_err(e, "the cache begins empty");
	return says(note, "sha256", hex);
}

/* What a Redis that was killed while it wrote has left: each would have a name of its own. */
static void remove_unfinished(const char *folder)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(dup(fd));

	for (struct dirent *d; dir && (d = readdir(dir));)
		if (text_starts(d->d_name, "temp-") && unlinkat(fd, d->d_name, 0) < 0)
			log_line("warning: cannot remove %s/%s", folder, d->d_name);
	if (dir)
		closedir(dir);
}

void kept_cache_look(const struct bench *b, const json_t *stamp)
{
	const json_t *notes = says(stamp, "build", b->build) ? json_object_get(stamp, "caches") : NULL;

	for (size_t i = 0; i < b->redis.count; i++) {
		const struct bench_redis *r = &b->redis.items[i];
		if (!redis_is_cache(r) || !r->data)
			continue;
		remove_unfinished(r->data);
		AUTO_FREE char *path = mem_printf("%s/dump.rdb", r->data);
		struct stat st;
		if (lstat(path, &st) < 0 ||
		    (!b->development && suits(b, path, json_object_get(notes, r->name))))
			continue;
		struct err *e = file_remove_tree(path);
		if (e)
			log_err(e, "warning");
	}
}

struct err *kept_cache_begin(const struct bench *b, bool changed)
{
	for (size_t i = 0; i < b->redis.count; i++) {
		const struct bench_redis *r = &b->redis.items[i];
		AUTO_FREE char *path = path_of(b, r);
		if (!redis_is_cache(r))
			continue;
		bool loaded = path && !access(path, F_OK), gone = loaded && !unlink(path);
		struct err *e = loaded && !gone ? err_errno(errno, "remove %s", path) : NULL;
		if (gone)
			e = durable_sync_folder(r->data);
		if (!gone || e || changed)
			TRY(redis_flush(r));
		if (e)
			log_err(e, "the cache begins empty");
	}
	return NULL;
}

void kept_cache_forget(const struct bench *b)
{
	for (size_t i = 0; i < b->redis.count; i++) {
		struct err *e = redis_is_cache(&b->redis.items[i]) ? redis_flush(&b->redis.items[i]) : NULL;
		if (e)
			log_err(e, "warning: pages may show what was in the cache");
	}
}

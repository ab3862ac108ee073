/* SPDX-License-Identifier: MIT */
#include "provision/torn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/log.h"

#define LAST_WORDS (64u << 10)
#define MANIFEST "appendonly.aof.manifest"

/* Neither Aria nor the coordinator's log holds a site's data: system tables alone are Aria's, and are mended
 * when they are opened; InnoDB alone takes part in commits. */
static const struct {
	const char *said, *begin, *what;
} of_sql[] = {
	{ "Plugin 'Aria' registration", "aria_log", "Aria's log" },
	{ "Aria recovery failed", "aria_log", "Aria's log" },
	{ "in tc log", "tc.log", "the coordinator's log" },
	{ "Can't init tc log", "tc.log", "the coordinator's log" },
	{ "ddl_recovery.log", "ddl_recovery", "the log of changes of tables" },
};

static bool put_aside(const struct bench *b, const char *folder, const char *name)
{
	AUTO_FREE char *beside = bench_in_data(b, BENCH_OWN "/torn");
	AUTO_FREE char *from = mem_printf("%s/%s", folder, name);
	AUTO_FREE char *to = mem_printf("%s/%lld-%s", beside, (long long)time(NULL), name);
	struct err *e = durable_folder(beside, 0700, &durable_root);

	if (!e && rename(from, to) < 0)
		e = err_errno(errno, "put %s aside as %s", from, to);
	if (!e && lchown(to, 0, 0) < 0)
		e = err_errno(errno, "%s", to);
	if (!e)
		e = durable_sync_folder(folder);
	if (!e)
		log_line("%s is damaged: kept as %s", from, to);
	bool done = !e;
	if (e)
		log_err(e, "warning");
	return done;
}

static size_t put_all_aside(const struct bench *b, const char *folder, const char *begin)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	for (struct dirent *d; dir && (d = readdir(dir));)
		count += text_starts(d->d_name, begin) && put_aside(b, folder, d->d_name);
	if (dir)
		closedir(dir);
	return count;
}

static bool is_hollow(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char first = 0;

	return fd >= 0 && read(fd, &first, 1) >= 0 && !first; /* no byte, or zeros alone */
}

/* On a log of Aria without a byte in it MariaDB waits for ever, and says nothing. */
void torn_aria(const struct bench *b)
{
	DIR *dir = opendir(b->sql_data);
	bool hollow = false;

	for (struct dirent *d; dir && !hollow && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", b->sql_data, d->d_name);
		hollow = text_starts(d->d_name, "aria_log.") && is_hollow(path);
	}
	if (dir)
		closedir(dir);
	if (hollow)
		put_all_aside(b, b->sql_data, "aria_log");
}

char *torn_sql_says(const char *log)
{
	AUTO_FREE char *said = file_tail(log, LAST_WORDS);
	const char *last = said;

	for (const char *at = said; (at = strstr(at, " as process ")); at++)
		last = at;
	return mem_dup(last);
}

bool torn_sql(const struct bench *b, const char *log)
{
	AUTO_FREE char *words = torn_sql_says(log);
	bool did = false;

	for (size_t i = 0; i < COUNT(of_sql); i++) {
		if (!strstr(words, of_sql[i].said) || !put_all_aside(b, b->sql_data, of_sql[i].begin))
			continue;
		log_line("MariaDB cannot read %s, which a power cut or a full disk may have torn: it starts "
			 "without, no site's data are in there",
			 of_sql[i].what);
		did = true;
	}
	return did;
}

struct parts {
	char *base;
	unsigned long base_number, bases;
	struct {
		unsigned long number;
		char *name;
	} * items;
	size_t count, room;
};

static void add_part(struct parts *p, const char *name)
{
	unsigned long number;
	char kind[16] = "";

	if (sscanf(name, "appendonly.aof.%lu.%15s", &number, kind) != 2)
		return;
	if (!strcmp(kind, "incr.aof")) {
		VEC_PUSH(p, ((__typeof__(*p->items)){ number, mem_dup(name) }));
	} else if (!strcmp(kind, "base.rdb") || !strcmp(kind, "base.aof")) {
		free(p->base);
		p->base = mem_dup(name);
		p->base_number = number;
		p->bases++;
	}
}

static int by_number(const void *a, const void *b)
{
	const unsigned long *one = a, *two = b;

	return *one < *two ? -1 : *one > *two;
}

static void parts_done(struct parts *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->items[i].name);
	free(p->items);
	free(p->base);
}

/* The manifest as Redis writes it: the base, then what came after it. Two bases are those of a rewrite that
 * was cut off: which of them counts only the manifest knew. */
static struct err *write_manifest(const struct bench_redis *r, const char *folder, const char *manifest)
{
	struct parts p = { 0 };
	AUTO_TEXT struct text t = { 0 };
	DIR *dir = opendir(folder);

	for (struct dirent *d; dir && (d = readdir(dir));)
		add_part(&p, d->d_name);
	if (dir)
		closedir(dir);
	if (p.count)
		qsort(p.items, p.count, sizeof *p.items, by_number);
	if (p.base)
		text_printf(&t, "file %s seq %lu type b\n", p.base, p.base_number);
	for (size_t i = 0; i < p.count; i++)
		text_printf(&t, "file %s seq %lu type i\n", p.items[i].name, p.items[i].number);
	struct err *e = p.bases > 1 || !t.len ?
				err_new(ERR_SYSTEM,
					"%s: %s is damaged, and its files do not tell what it said: see %s",
					r->name, manifest, folder) :
				durable_write(manifest, t.bytes, t.len, 0644, &r->user);
	parts_done(&p);
	return e;
}

void torn_redis(const struct bench *b, const struct bench_redis *r)
{
	if (!r->data)
		return;
	AUTO_FREE char *folder = mem_printf("%s/appendonlydir", r->data),
		       *manifest = mem_printf("%s/" MANIFEST, folder);
	AUTO_FREE char *snapshot = mem_printf("%s/dump.rdb", r->data);

	if (is_hollow(snapshot))
		put_aside(b, r->data, "dump.rdb"); /* nothing is in it to lose */
	if (!is_hollow(manifest) || !put_aside(b, folder, MANIFEST))
		return;
	struct err *e = write_manifest(r, folder, manifest);
	if (e)
		log_err(e, "warning");
	else
		log_line("%s: the list of its files was empty, and is written again from the files", r->name);
}

void torn_nginx(const struct bench *b)
{
	static const char *const folders[] = { "body", "proxy", "fastcgi", "uwsgi", "scgi" };

	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf("%s/nginx/%s", b->data, folders[i]);
		struct err *e = file_remove_tree(path);
		if (e)
			log_err(e, "warning");
	}
}

/* SPDX-License-Identifier: MIT */
#include "provision/torn_redis.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "provision/torn.h"

#define MANIFEST "appendonly.aof.manifest"
#define MANIFEST_MAX (1u << 20)

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

static struct parts parts_of(const char *folder)
{
	struct parts p = { 0 };
	DIR *dir = opendir(folder);

	for (struct dirent *d; dir && (d = readdir(dir));)
		add_part(&p, d->d_name);
	if (dir)
		closedir(dir);
	if (p.count)
		qsort(p.items, p.count, sizeof *p.items, by_number);
	return p;
}

/* Checks a line of pairs, "KEY VALUE": Redis 7 writes "file NAME seq NUMBER type LETTER", and later ones
 * append pairs of their own, such as startoffset. Changes the line. */
static bool is_row(char *line)
{
	bool file = false, seq = false, type = false;
	char *rest = line, *key, *end;

	while ((key = strsep(&rest, " "))) {
		const char *value = strsep(&rest, " ");
		if (!*key || !value || !*value)
			return false;
		if (!strcmp(key, "file"))
			file = true;
		if (!strcmp(key, "seq")) {
			strtoul(value, &end, 10);
			seq = !*end;
		}
		if (!strcmp(key, "type"))
			type = strchr("bih", *value) && !value[1];
	}
	return file && seq && type;
}

/* Checks each line, the last one with its line end, too. The files may be missing: Redis says that itself. */
static bool is_manifest(const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	struct err *e = file_read(path, MANIFEST_MAX, &text, &len);
	bool good = !e && len && strlen(text) == len && text[len - 1] == '\n';

	err_free(e);
	for (char *rest = text, *line; good && (line = strsep(&rest, "\n")) && rest;)
		good = *line == '#' || is_row(line);
	return good;
}

/* The manifest as Redis writes it: the base, then the files after it. Two bases come from an interrupted
 * rewrite; only the manifest knew which one counts. Without a manifest Redis would start empty and overwrite
 * the files; with an empty manifest it does not start. */
static struct err *write_manifest(const struct bench_redis *r, const char *manifest, const struct parts *p)
{
	AUTO_TEXT struct text t = { 0 };

	if (p->base)
		text_printf(&t, "file %s seq %lu type b\n", p->base, p->base_number);
	for (size_t i = 0; i < p->count; i++)
		text_printf(&t, "file %s seq %lu type i\n", p->items[i].name, p->items[i].number);
	if (p->bases < 2)
		return durable_write(manifest, t.bytes, t.len, 0644, &r->user);
	TRY(durable_write(manifest, "", 0, 0644, &r->user));
	return err_new(ERR_SYSTEM,
		       "%s: %s is damaged, and its files do not tell what it said: put back the file, or a "
		       "backup (benchctl restore)",
		       r->name, manifest);
}

/* Redis would load such a base as an empty data set; it never writes one itself. */
static void tell_of_base(const struct bench_redis *r, const char *folder, const struct parts *p)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, p->base ? p->base : "");
	struct stat st;

	if (p->base && !lstat(path, &st) && S_ISREG(st.st_mode) && !st.st_size)
		log_line("warning: %s: %s is empty: what was queued in it is lost, unless you put back a "
			 "copy of it",
			 r->name, path);
}

static void mend_manifest(const struct bench *b, const struct bench_redis *r, const char *folder)
{
	AUTO_FREE char *manifest = mem_printf("%s/" MANIFEST, folder);
	struct parts p = parts_of(folder);
	bool any = p.base || p.count, there = !access(manifest, F_OK);

	if (any && !is_manifest(manifest) && (!there || torn_put_aside(b, folder, MANIFEST))) {
		struct err *e = write_manifest(r, manifest, &p);
		if (e)
			log_err(e, "warning");
		else
			log_line("%s: the list of its files was %s, and is written again from the files",
				 r->name, there ? "damaged" : "gone");
	}
	tell_of_base(r, folder, &p);
	parts_done(&p);
}

void torn_redis(const struct bench *b, const struct bench_redis *r)
{
	if (!r->data)
		return;
	AUTO_FREE char *folder = mem_printf("%s/appendonlydir", r->data);
	AUTO_FREE char *snapshot = mem_printf("%s/dump.rdb", r->data);
	struct stat st;

	/* it is empty, so nothing is lost */
	if (torn_is_hollow(snapshot) || (!lstat(snapshot, &st) && S_ISDIR(st.st_mode)))
		torn_put_aside(b, r->data, "dump.rdb");
	mend_manifest(b, r, folder);
}

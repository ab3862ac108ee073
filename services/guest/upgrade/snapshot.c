/* SPDX-License-Identifier: MIT */
#include "upgrade/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "upgrade/copy.h"
#include "lib/crash.h"
#include "lib/durable.h"

#define BEFORE BENCH_OWN "/before"
#define LIST_LIMIT (1u << 30)
#define ROOM_LEAST (16u << 20) /* for what a start itself writes */

static char *place(const struct bench *b, const char *id, const char *more)
{
	return mem_printf("%s" BEFORE "/%s%s", b->data, id, more);
}

static char *item_path(const char *root, const json_t *item)
{
	return mem_printf("%s/%s", root, json_string_value(item));
}

static bool is_there(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

/* Makes the folders above an item, below root, for root alone. */
static struct err *make_way(const char *root, const char *item)
{
	AUTO_FREE char *path = mem_printf("%s/%s", root, item);

	*strrchr(path, '/') = '\0';
	return durable_folder(path, 0700, &durable_root);
}

struct err *snapshot_room(const struct bench *b, const json_t *items)
{
	AUTO_FREE char *own = bench_in_data(b, BENCH_OWN);
	uint64_t bytes = 0;
	struct statvfs fs;
	json_t *item;
	char have[16], want[16];
	size_t i;

	if (!copy_by_reference(own))
		json_array_foreach(items, i, item)
		{
			AUTO_FREE char *path = item_path(b->data, item);
			bytes += copy_size(path);
		}
	if (statvfs(b->data, &fs) < 0)
		return err_errno(errno, "%s", b->data);
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize, needs = bytes + bytes * 3 / 10 + ROOM_LEAST;
	if (room >= needs)
		return NULL;
	return err_new(ERR_SYSTEM,
		       "an upgrade keeps a copy of the data: %s has %s free and needs %s; make room, or give "
		       "a larger volume",
		       b->data, text_size((double)room, have), text_size((double)needs, want));
}

/* ret_copied: for each item, whether it existed. */
static struct err *copy_all(const struct bench *b, const json_t *items, const char *staging,
			    struct text *list, json_t *ret_copied)
{
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		AUTO_FREE char *from = item_path(b->data, item), *to = item_path(staging, item);
		if (i == 1)
			crash_at("snapshot", "mid");
		json_object_set_new(ret_copied, json_string_value(item), json_boolean(is_there(from)));
		if (!is_there(from))
			continue;
		TRY(make_way(staging, json_string_value(item)));
		TRY(copy_tree(from, to, json_string_value(item), list));
	}
	return NULL;
}

static struct err *take_into(const struct bench *b, const char *staging, const json_t *items)
{
	AUTO_FREE char *listed = mem_printf("%s/list", staging),
		       *named = mem_printf("%s/items.json", staging);
	AUTO_TEXT struct text list = { 0 };
	json_t *copied = json_object();
	struct err *e = copy_all(b, items, staging, &list, copied);

	if (!e)
		e = durable_write(listed, list.bytes ? list.bytes : "", list.len, 0600, &durable_root);
	if (!e)
		e = durable_json(named, copied, 0600, &durable_root, NULL);
	json_decref(copied);
	return e ? e : durable_sync_all(b->data);
}

struct err *snapshot_take(const struct bench *b, const char *id, const json_t *items)
{
	AUTO_FREE char *before = bench_in_data(b, BEFORE), *whole = place(b, id, ""),
		       *staging = place(b, id, ".new");

	TRY(snapshot_room(b, items));
	TRY(durable_folder(before, 0700, &durable_root));
	TRY(file_remove_tree(staging));
	TRY(durable_folder(staging, 0700, &durable_root));
	struct err *e = take_into(b, staging, items);
	if (!e && rename(staging, whole) < 0)
		e = err_errno(errno, "%s", whole);
	if (e) {
		err_free(file_remove_tree(staging));
		return e;
	}
	return durable_sync_folder(before);
}

bool snapshot_is_there(const struct bench *b, const char *id)
{
	AUTO_FREE char *items = place(b, id, "/items.json");

	return is_there(items);
}

/* Compares a file's size in the copy with its line of the list. */
static struct err *check_line(const char *whole, const char *line)
{
	unsigned long long size;
	int at = 0;
	struct stat st;

	if (sscanf(line, "f %llu %*s %n", &size, &at) != 1 || !at)
		return err_new(ERR_SYSTEM, "%s/list is damaged", whole);
	AUTO_FREE char *path = mem_printf("%s/%s", whole, line + at);
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || (unsigned long long)st.st_size != size)
		return err_new(ERR_SYSTEM, "%s is not as it was copied", path);
	return NULL;
}

/* Whether the line's item is still in the copy: others were put back already. */
static bool is_still_in(const char *whole, const json_t *items, const char *line)
{
	const char *path = line, *item;
	json_t *copied;

	for (int skip = 0; path && skip < 3; skip++)
		path = strchr(path + 1, ' ');
	json_object_foreach((json_t *)items, item, copied)
	{
		AUTO_FREE char *there = mem_printf("%s/%s", whole, item);
		if (path && text_starts(path + 1, item) && strchr("/", path[1 + strlen(item)]))
			return is_there(there);
	}
	return false;
}

static struct err *check_copy(const char *whole, const json_t *items)
{
	AUTO_FREE char *path = mem_printf("%s/list", whole), *bytes = NULL;
	size_t len;
	char *save = NULL;

	TRY(file_read(path, LIST_LIMIT, &bytes, &len));
	for (char *line = strtok_r(bytes, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (line[0] == 'f' && is_still_in(whole, items, line))
			TRY(check_line(whole, line));
	return NULL;
}

static struct err *put_aside(const char *now, const char *after, const char *item)
{
	AUTO_FREE char *kept = mem_printf("%s/%s", after, item);

	if (is_there(kept) || !is_there(now)) /* an empty folder may stand in its place by now */
		return NULL;
	TRY(make_way(after, item));
	return rename(now, kept) < 0 ? err_errno(errno, "put %s aside", now) : NULL;
}

static struct err *put_back(const struct bench *b, const char *whole, const char *after, const char *item,
			    bool copied)
{
	AUTO_FREE char *copy = mem_printf("%s/%s", whole, item), *now = mem_printf("%s/%s", b->data, item);

	if (copied && !is_there(copy))
		return NULL; /* it was put back already */
	TRY(put_aside(now, after, item));
	crash_at("put-back", "mid");
	return copied && rename(copy, now) < 0 ? err_errno(errno, "put %s back", now) : NULL;
}

struct err *snapshot_back(const struct bench *b, const char *id)
{
	AUTO_FREE char *whole = place(b, id, ""), *after = place(b, id, ".after"),
		       *named = place(b, id, "/items.json");
	json_t *items, *copied;
	const char *item;
	bool damaged;

	TRY(durable_read_json(named, &items, &damaged));
	struct err *e =
		items ? check_copy(whole, items) : err_new(ERR_SYSTEM, "%s is missing or damaged", named);
	if (!e)
		e = durable_folder(after, 0700, &durable_root);
	json_object_foreach(items, item, copied) if (!e) e =
		put_back(b, whole, after, item, json_is_true(copied));
	json_decref(items);
	return e ? e : durable_sync_all(b->data);
}

struct err *snapshot_drop(const struct bench *b, const char *id)
{
	static const char *const parts[] = { ".new", ".after", "" };

	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTO_FREE char *path = place(b, id, parts[i]), *gone = place(b, id, ".gone");
		TRY(file_remove_tree(gone));
		if (rename(path, gone) < 0 && errno != ENOENT)
			return err_errno(errno, "remove %s", path);
		TRY(file_remove_tree(gone));
	}
	return NULL;
}

struct err *snapshot_drop_others(const struct bench *b, const char *id)
{
	AUTO_FREE char *before = bench_in_data(b, BEFORE);
	DIR *dir = opendir(before);
	struct err *e = NULL;

	for (struct dirent *d; dir && !e && (d = readdir(dir));)
		if (d->d_name[0] != '.' && (!id || strcmp(d->d_name, id))) {
			AUTO_FREE char *path = place(b, d->d_name, "");
			e = file_remove_tree(path);
		}
	if (dir)
		closedir(dir);
	return e;
}

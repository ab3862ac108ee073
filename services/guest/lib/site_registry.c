/* SPDX-License-Identifier: MIT */
#include "lib/site_registry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"

struct err *site_registry_read(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/sites.json");
	AUTO_FREE char *bytes = NULL;
	size_t len;

	*ret = NULL;
	if (access(path, F_OK) < 0)
		return NULL;
	TRY(file_read(path, 1 << 20, &bytes, &len));
	*ret = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_array(*ret))
		return NULL;
	json_decref(*ret);
	*ret = NULL;
	return err_new(ERR_SYSTEM, "%s is damaged: repair or remove it", path);
}

/* The row of that name, removed from the list, or NULL; the caller frees it. */
static json_t *take(json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *row = json_array_get(list, i);
		const char *own = json_string_value(json_object_get(row, "name"));
		if (!own || strcmp(own, name))
			continue;
		json_incref(row);
		json_array_remove(list, i);
		return row;
	}
	return NULL;
}

/* Replaces the list's row of that name by row, and takes ownership of it; row NULL: only removes. */
static struct err *change(const struct bench *b, const char *name, json_t *row)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/sites.json");
	AUTO_FREE char *lock = bench_in_data(b, BENCH_OWN "/sites.lock");
	AUTO_CLOSE int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	json_t *list = NULL;

	struct err *e = fd < 0 || flock(fd, LOCK_EX) < 0 ? err_errno(errno, "%s", lock) :
							   site_registry_read(b, &list);
	if (!e) {
		list = list ? list : json_array();
		json_decref(take(list, name));
		if (row)
			json_array_append(list, row);
		e = durable_json(path, list, 0600, &durable_root, NULL);
	}
	json_decref(list);
	json_decref(row);
	return e;
}

static json_t *words_of(const char *const *words)
{
	json_t *list = json_array();

	for (; words && *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

bool site_registry_of_image(const struct bench *b, const char *name)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(b->root, "sites"), i, row)
	{
		const char *own = json_string_value(json_object_get(row, "name"));
		if (own && !strcmp(own, name))
			return true;
	}
	return false;
}

struct err *site_registry_add(const struct bench *b, const struct bench_site *site)
{
	if (site_registry_of_image(b, site->name))
		return change(b, site->name, NULL);
	return change(b, site->name,
		      json_pack("{s:s, s:o, s:o, s:s*, s:s*}", "name", site->name, "apps",
				words_of(site->apps), "hosts", words_of(site->hosts), "time_zone",
				site->time_zone, "language", site->language));
}

struct err *site_registry_drop(const struct bench *b, const char *name, bool purge)
{
	time_t now = time(NULL);
	struct tm utc;
	char date[32] = "";

	strftime(date, sizeof date, "%Y%m%d-%H%M%S", gmtime_r(&now, &utc));
	return change(b, name, json_pack("{s:s, s:s, s:b}", "name", name, "dropped", date, "purge", purge));
}

struct err *site_registry_dropped(const struct bench *b, const char *name)
{
	if (!site_registry_of_image(b, name))
		return change(b, name, NULL);
	return change(b, name, json_pack("{s:s, s:s, s:b}", "name", name, "dropped", "", "purge", 0));
}

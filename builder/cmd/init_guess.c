/* SPDX-License-Identifier: MIT */
#include "cmd/init_guess.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "recipe/zone.h"

#define APPS_MAX 100
#define ZONES "/zoneinfo/"

static const char *keep(struct arena *a, const char *text)
{
	return arena_dup(a, text, strlen(text));
}

/* A zone by its name, or from the path of its file. */
static const char *known_zone(struct arena *a, const char *text)
{
	const char *file = strstr(text, ZONES), *name = file ? file + strlen(ZONES) : text;
	AUTO_FREE char *word = mem_ndup(name, strcspn(name, " \t\r\n"));

	if (!strcmp(word, "Etc/UTC"))
		return "UTC";
	return zone_known(word) ? keep(a, word) : NULL;
}

static const char *zone_of_file(struct arena *a, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	struct err *missing = file_read_text(path, 4096, &text, &len);

	err_free(missing);
	return missing ? NULL : known_zone(a, text);
}

static const char *zone_of_link(struct arena *a, const char *path)
{
	AUTO_FREE char *target = realpath(path, NULL);

	return target ? known_zone(a, target) : NULL;
}

const char *init_guess_time_zone(struct arena *a, const char **ret_from)
{
	const char *tz = getenv("TZ"), *zone;

	if (tz && *tz && (zone = known_zone(a, tz + (*tz == ':')))) {
		*ret_from = "TZ";
		return zone;
	}
	*ret_from = "/etc/timezone";
	if ((zone = zone_of_file(a, *ret_from)))
		return zone;
	*ret_from = "/etc/localtime";
	if ((zone = zone_of_link(a, *ret_from)))
		return zone;
	*ret_from = NULL;
	return "UTC";
}

/* "pt_BR.UTF-8" gives pt-BR, "fr_FR" gives fr: the country is kept if it has its own translation. */
static const char *language_of(struct arena *a, const char *locale)
{
	static const char *const own[] = { "pt-BR", "zh-TW" };
	size_t len = strspn(locale, "abcdefghijklmnopqrstuvwxyz");
	char whole[6] = "";

	if (strlen(locale) >= 5 && locale[2] == '_') {
		memcpy(whole, locale, 5);
		whole[2] = '-';
	}
	for (size_t i = 0; i < COUNT(own); i++)
		if (!strcmp(whole, own[i]))
			return own[i];
	return (len == 2 || len == 3) && (!locale[len] || strchr("_.@", locale[len])) ?
		       arena_dup(a, locale, len) :
		       NULL;
}

const char *init_guess_language(struct arena *a, const char **ret_from)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < COUNT(variables); i++) {
		const char *locale = getenv(variables[i]), *language = locale ? language_of(a, locale) : NULL;
		*ret_from = variables[i];
		if (language)
			return language;
		if (locale && *locale)
			break; /* the first variable that is set decides, also if it is C */
	}
	*ret_from = NULL;
	return "en";
}

static bool has(const char *folder, const char *name, const char *inside)
{
	AUTO_FREE char *path = mem_printf("%s/%s%s", folder, name, inside);

	return !access(path, F_OK);
}

/* The package named like the folder, or the only one. */
static const char *find_package(struct arena *a, const char *folder, const char *likely)
{
	static const char *const others[] = { "tests", "test", "docs", "scripts", "examples" };
	const char *found = NULL;
	size_t count = 0;

	if (has(folder, likely, "/__init__.py"))
		return likely;
	DIR *dir = opendir(folder);
	for (struct dirent *d; dir && (d = readdir(dir));) {
		bool other = *d->d_name == '.';
		for (size_t i = 0; i < COUNT(others); i++)
			other = other || !strcmp(d->d_name, others[i]);
		if (other || !has(folder, d->d_name, "/__init__.py"))
			continue;
		found = keep(a, d->d_name);
		count++;
	}
	if (dir)
		closedir(dir);
	return count > 1 ? NULL : found;
}

const char *init_guess_app(struct arena *a, const char *folder)
{
	AUTO_FREE char *whole = realpath(folder, NULL);
	struct problems none = { .arena = a };

	if (!whole || !strcmp(whole, "/") || has(whole, "__init__.py", ""))
		return NULL;
	const char *likely = draft_app_name(a, whole), *name = find_package(a, whole, likely);
	if (!name && !has(whole, "pyproject.toml", "") && !has(whole, "setup.py", ""))
		return NULL;
	name = name ? name : likely;
	return draft_accepts(&pattern_app, "name", name, (struct mark){ 0 }, &none) ? name : NULL;
}

static bool is_new(const struct draft *d, const char *name)
{
	for (size_t i = 0; i < d->apps.count; i++)
		if (!strcmp(d->apps.items[i].name, name))
			return false;
	return true;
}

void init_guess_apps(const char *folder, struct draft *d)
{
	struct dirent **all;
	int count = scandir(folder, &all, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, all[i]->d_name);
		const char *name = *all[i]->d_name == '.' ? NULL : init_guess_app(&d->arena, path);
		AUTO_FREE char *shown = mem_printf("./%s", all[i]->d_name);
		struct problems none = { .arena = &d->arena };
		if (name && d->apps.count < APPS_MAX && is_new(d, name) &&
		    draft_accepts(&pattern_path, "path", shown, (struct mark){ 0 }, &none))
			VEC_PUSH(&d->apps,
				 (struct draft_app){ .name = name, .path = keep(&d->arena, shown) });
		free(all[i]);
	}
	if (count >= 0)
		free(all);
}

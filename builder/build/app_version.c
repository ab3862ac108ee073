/* SPDX-License-Identifier: MIT */
#include "build/app_version.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LONGEST 64

static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+!_-";

static bool is_version(const char *text, size_t len)
{
	return len && len <= LONGEST && isalnum((unsigned char)*text) && strspn(text, allowed) >= len;
}

/* The value after a key: = "1.2", with or without the quotes; the caller's to free. NULL: something else. */
static char *value_of(const char *c, bool quoted)
{
	c += strspn(c, " \t");
	if (*c != '=' || c[1] == '=')
		return NULL;
	c += 1 + strspn(c + 1, " \t");
	const char *end = c;
	char quote = *c == '"' || *c == '\'' ? *c++ : '\0';
	if (quoted && !quote)
		return NULL;
	end = c + strspn(c, allowed);
	if (quote ? *end != quote : !strchr(" \t\r\n#;", *end))
		return NULL;
	return is_version(c, (size_t)(end - c)) ? mem_ndup(c, (size_t)(end - c)) : NULL;
}

/* The key at the beginning of a line, below the header "[section]" (NULL: anywhere). */
static char *find_line(const char *bytes, const char *section, const char *key, bool quoted)
{
	bool inside = !section;

	for (const char *line = bytes; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		const char *c = line + (section ? strspn(line, " \t") : 0);
		if (section && *c == '[')
			inside = !strncmp(c + 1, section, strlen(section)) && c[1 + strlen(section)] == ']';
		char *value =
			inside && !strncmp(c, key, strlen(key)) ? value_of(c + strlen(key), quoted) : NULL;
		if (value)
			return value;
	}
	return NULL;
}

static char *of_pyproject(const char *bytes)
{
	char *version = find_line(bytes, "project", "version", true);

	return version ? version : find_line(bytes, "tool.poetry", "version", true);
}

static char *of_module(const char *bytes)
{
	return find_line(bytes, NULL, "__version__", true);
}

static char *of_setup_cfg(const char *bytes)
{
	return find_line(bytes, "metadata", "version", false);
}

/* The argument of a call: setup(name="stock", version="0.3"). */
static char *of_setup_py(const char *bytes)
{
	for (const char *c = strstr(bytes, "version"); c; c = strstr(c + 1, "version")) {
		bool whole = c > bytes && strchr(" \t\r\n(,", c[-1]);
		char *version = whole ? value_of(c + strlen("version"), true) : NULL;
		if (version)
			return version;
	}
	return NULL;
}

static char *of_package_json(const char *bytes)
{
	json_t *all = json_loads(bytes, 0, NULL);
	const char *version = json_string_value(json_object_get(all, "version"));
	char *copy = version && is_version(version, strlen(version)) ? mem_dup(version) : NULL;

	json_decref(all);
	return copy;
}

struct err *app_version(const struct build_context *j, size_t app, char **ret)
{
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];
	AUTO_FREE char *module = mem_printf("%s/__init__.py", a->name);
	const struct {
		const char *path;
		char *(*read)(const char *bytes);
	} places[] = {
		{ "pyproject.toml", of_pyproject },  { module, of_module },
		{ "setup.cfg", of_setup_cfg },	     { "setup.py", of_setup_py },
		{ "package.json", of_package_json },
	};

	*ret = NULL;
	for (size_t i = 0; i < COUNT(places) && !*ret; i++) {
		AUTO_FREE char *bytes = NULL;
		struct err *e = build_context_text(j, app, places[i].path, &bytes);
		if (e && err_kind(e) == ERR_BUILD) /* it changed while it was read */
			return e;
		err_free(e); /* not text, or too long for a version */
		*ret = bytes ? places[i].read(bytes) : NULL;
	}
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "recipe/apps_json.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"

#define APPS_MAX 100 /* as in a recipe */

struct reading {
	const char *bytes;
	struct draft *draft;
	struct problems *problems;
	size_t index; /* of the current app */
};

/* The JSON parser does not report positions, so they are counted here; the bytes are valid by then. */
static const char *skip_space(const char *c)
{
	return c + strspn(c, " \t\r\n");
}

static const char *skip_text(const char *c)
{
	for (c++; *c != '"'; c++)
		c += *c == '\\';
	return c + 1;
}

static const char *skip_value(const char *c)
{
	int depth = 0;

	if (*c != '"' && *c != '{' && *c != '[')
		return c + strcspn(c, ",]} \t\r\n");
	do {
		if (*c == '"') {
			c = skip_text(c);
			continue;
		}
		depth += *c == '{' || *c == '[';
		depth -= *c == '}' || *c == ']';
		c++;
	} while (depth);
	return c;
}

/* Finds the value of a key, or the map itself. */
static const char *find_key(const char *map, const char *key)
{
	const char *k = skip_space(map + 1);

	while (*k == '"') {
		const char *end = skip_text(k), *value = skip_space(skip_space(end) + 1);
		if ((size_t)(end - k) == strlen(key) + 2 && !strncmp(k + 1, key, strlen(key)))
			return value;
		k = skip_space(skip_value(value));
		k = skip_space(k + (*k == ','));
	}
	return map;
}

static struct mark mark_of(const struct reading *r, const char *key)
{
	const char *at = skip_space(skip_space(r->bytes) + 1);

	for (size_t i = 0; i < r->index; i++)
		at = skip_space(skip_space(skip_value(at)) + 1);
	if (key && *at == '{')
		at = find_key(at, key);
	return problem_mark(r->bytes, at);
}

/* The text of a key, in the arena, or NULL after a problem. */
static const char *read_text(const struct reading *r, const json_t *app, const char *key,
			     const struct pattern *pattern, const char *hint)
{
	const json_t *value = json_object_get(app, key);

	if (!value)
		problem_add(r->problems, mark_of(r, NULL), "this app has no '%s': %s", key, hint);
	else if (!json_is_string(value))
		problem_add(r->problems, mark_of(r, key), "'%s' wants a text: %s", key, hint);
	else if (draft_accepts(pattern, key, json_string_value(value), mark_of(r, key), r->problems))
		return arena_dup(&r->draft->arena, json_string_value(value), json_string_length(value));
	return NULL;
}

static void refuse_unknown(const struct reading *r, json_t *app)
{
	static const char *const known[] = { "url", "branch" };
	const char *key;
	json_t *value;

	json_object_foreach(app, key, value)
	{
		if (!strcmp(key, known[0]) || !strcmp(key, known[1]))
			continue;
		const char *near = text_nearest(key, known, COUNT(known));
		problem_add(r->problems, mark_of(r, key), "unknown key '%s': %s%s%s", key,
			    near ? "did you mean '" : "'url' and 'branch' are known", near ? near : "",
			    near ? "'?" : "");
	}
}

/* Two URLs with the same ending may hold packages of different names; the code that fetches them checks
 * that. */
static bool is_new(const struct reading *r, const char *url)
{
	for (size_t i = 0; i < r->draft->apps.count; i++)
		if (!strcmp(r->draft->apps.items[i].git, url))
			return false;
	return true;
}

static void read_app(const struct reading *r, json_t *app)
{
	if (!json_is_object(app)) {
		problem_add(r->problems, mark_of(r, NULL),
			    "an app is a map: write {\"url\": \"https://…\", \"branch\": \"…\"}");
		return;
	}
	refuse_unknown(r, app);
	const char *url = read_text(r, app, "url", &pattern_git, "write where its repository is");
	bool named = json_object_get(app, "branch") && !json_is_null(json_object_get(app, "branch"));
	const char *branch =
		named ? read_text(r, app, "branch", &pattern_ref, "name a branch, such as version-15") : NULL;
	if (!url || (named && !branch))
		return;
	const char *name = draft_app_name(&r->draft->arena, url);
	if (!draft_accepts(&pattern_app, "name at the end of url", name, mark_of(r, "url"), r->problems))
		return;
	if (!is_new(r, url))
		problem_add(r->problems, mark_of(r, "url"), "the app '%s' is given twice: once is enough",
			    name);
	else
		VEC_PUSH(&r->draft->apps, (struct draft_app){ .name = name, .git = url, .ref = branch });
}

static void read_list(struct reading *r, json_t *root)
{
	size_t count = json_array_size(root), had = r->draft->apps.count;
	json_t *app;

	if (!json_is_array(root))
		problem_add(r->problems, (struct mark){ 1, 1 },
			    "a list of apps is needed: [{\"url\": \"https://…\", \"branch\": \"…\"}]%s",
			    json_is_object(root) ?
				    "; of a bench that is there, mkbench init --from FOLDER makes a recipe" :
				    "");
	else if (!count)
		problem_add(r->problems, (struct mark){ 1, 1 }, "the list is empty: name at least one app");
	else if (count > APPS_MAX)
		problem_add(r->problems, (struct mark){ 1, 1 },
			    "the list has %zu apps: at most %d are possible", count, APPS_MAX);
	else
		json_array_foreach(root, r->index, app) read_app(r, app);
	if (r->problems->count)
		r->draft->apps.count = had;
}

/* The end of a comment, or of a comma before a bracket, that begins at c: not JSON, but common. NULL:
 * neither. */
static const char *end_of_extra(const char *c)
{
	const char *end;

	if (*c == '#' || !strncmp(c, "//", 2))
		return c + strcspn(c, "\n");
	if (!strncmp(c, "/*", 2))
		return (end = strstr(c + 2, "*/")) ? end + 2 : NULL;
	if (*c != ',')
		return NULL;
	for (end = skip_space(c + 1); *end == '#' || !strncmp(end, "//", 2) || !strncmp(end, "/*", 2);
	     end = skip_space(end)) {
		const char *next = end_of_extra(end);
		if (!next)
			return NULL;
		end = next;
	}
	return *end == ']' || *end == '}' ? c + 1 : NULL;
}

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* Removes comments and extra commas without moving positions, and warns. */
static void forgive(char *bytes, struct problems *p)
{
	for (char *c = bytes; *c; c++) {
		const char *end = end_of_extra(c);
		if (end) {
			problem_warn(p, problem_mark(bytes, c), "%s is not JSON: it is ignored",
				     *c == ',' ? "a comma before a bracket" : "a comment");
			blank(c, end);
		}
		if (*c != '"')
			continue;
		for (c++; *c && *c != '"'; c++)
			c += *c == '\\' && c[1];
		if (!*c)
			break;
	}
}

void apps_json_read(const char *written, size_t len, struct draft *d, struct problems *p)
{
	AUTO_FREE char *bytes = mem_ndup(written, len);
	struct reading r = { bytes, d, p, 0 };
	json_error_t error;

	forgive(bytes, p);
	json_t *root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);

	if (root) {
		read_list(&r, root);
	} else {
		/* The quoted text may be a URL with a password. */
		const char *near = strstr(error.text, " near ");
		problem_add(p,
			    (struct mark){ error.line > 0 ? (unsigned)error.line : 1,
					   error.column > 0 ? (unsigned)error.column : 1 },
			    "not JSON, %.*s: check this line and the one before",
			    near ? (int)(near - error.text) : (int)strlen(error.text), error.text);
	}
	json_decref(root);
}

/* SPDX-License-Identifier: MIT */
#include "build/app_runtime.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/build_runtime.h"
#include "recipe/runtime.h"
#include "recipe/wants.h"

#define FILE_LIMIT (1u << 20)

/* A file of an app's source, or NULL; the caller's to free. */
static char *read_source(const struct build_context *j, size_t app, const char *path)
{
	const struct entry *e = tree_find(&j->sources[app].files, path);
	char *bytes = NULL;
	size_t len;

	if (e && e->kind == ENTRY_FILE && e->content.kind == CONTENT_DISK)
		err_free(file_read_text(e->content.path, FILE_LIMIT, &bytes, &len));
	return bytes;
}

/* The places where an app may require a Python version; the first that exists is used. */
static const struct python_word {
	const char *file, *key;
	bool inside, plain; /* also elsewhere than at the beginning of a line; also without quotes */
} python_words[] = {
	{ "pyproject.toml", "requires-python", false, false },
	{ "setup.cfg", "python_requires", false, true },
	{ "setup.py", "python_requires", true, false },
};

/* The text after the key on a line of its file; NULL: not a text. */
static char *python_on_line(const struct python_word *w, const char *line, size_t len)
{
	static const char before[] = " \t(,";
	AUTO_FREE char *text = mem_ndup(line, len);
	char *at = strstr(text, w->key), *c = at ? at + strlen(w->key) : NULL;

	if (!at || text[strspn(text, " \t")] == '#' || (at > text && !strchr(before, at[-1])) ||
	    (!w->inside && at != text + strspn(text, " \t")))
		return NULL;
	c += strspn(c, " \t");
	if (*c++ != '=')
		return NULL;
	c += strspn(c, " \t");
	if (*c == '"' || *c == '\'')
		return mem_ndup(c + 1, strcspn(c + 1, (const char[]){ *c, '\0' }));
	return w->plain && *c && *c != '=' ? mem_ndup(c, strcspn(c, "#;\r")) : NULL;
}

/* NULL: no requirement. */
static char *python_wanted(const struct build_context *j, size_t app)
{
	for (size_t i = 0; i < COUNT(python_words); i++) {
		AUTO_FREE char *bytes = read_source(j, app, python_words[i].file);
		for (const char *line = bytes; line && *line;) {
			size_t len = strcspn(line, "\n");
			char *found = python_on_line(&python_words[i], line, len);
			if (found)
				return found;
			line += len + (line[len] == '\n');
		}
	}
	return NULL;
}

static char *node_wanted(const char *bytes)
{
	json_t *root = json_loads(bytes, 0, NULL);
	const char *text = json_string_value(json_object_get(json_object_get(root, "engines"), "node"));
	char *copy = text ? mem_dup(text) : NULL;

	json_decref(root);
	return copy;
}

/* The lowest version that is sufficient, or NULL. */
static char *suggest(int kind, const char *wanted)
{
	for (int n = kind == RUNTIME_PYTHON ? 8 : 12; n < 60; n++) {
		AUTO_FREE char *version =
			kind == RUNTIME_PYTHON ? mem_printf("3.%d", n) : mem_printf("%d", n);
		AUTO_FREE char *some = mem_printf("%s%s", version, kind == RUNTIME_PYTHON ? ".99" : ".99.99");
		if (kind == RUNTIME_PYTHON ? wants_python(wanted, some) : wants_node(wanted, some))
			return TAKE(version);
	}
	return NULL;
}

static struct err *refuse(const struct build_context *j, size_t app, int kind, const char *wanted,
			  const char *have)
{
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];
	const char *asked = runtime_version(&j->recipe, kind);
	AUTO_FREE char *better = suggest(kind, wanted),
		       *of = asked ? mem_printf("that 'runtime' names") :
				     mem_printf("that of %s", j->recipe.base.suite);
	AUTO_FREE char *write = better ? mem_printf("write 'runtime: { %s: \"%s\" }', another 'suite'",
						    runtime_names[kind], better) :
					 mem_dup("write another 'suite'");

	return err_new(ERR_RECIPE,
		       "%s:%u:%u: the app '%s' wants %s %s, and the image would have %s, %s: %s, or another "
		       "'ref' of the app",
		       j->recipe.path, a->at.line, a->at.column, a->name, runtime_titles[kind], wanted, have,
		       of, write);
}

static struct err *check(const struct build_context *j, size_t app, const char *python, const char *node)
{
	AUTO_FREE char *package = read_source(j, app, "package.json");
	AUTO_FREE char *for_python = python_wanted(j, app), *for_node = package ? node_wanted(package) : NULL;

	if (for_python && python && !wants_python(for_python, python))
		return refuse(j, app, RUNTIME_PYTHON, for_python, python);
	if (for_node && node && !wants_node(for_node, node))
		return refuse(j, app, RUNTIME_NODE, for_node, node);
	return NULL;
}

struct err *app_runtime(const struct build_context *j)
{
	AUTO_FREE char *python = build_runtime_version(j, RUNTIME_PYTHON),
		       *node = build_runtime_version(j, RUNTIME_NODE);

	for (size_t app = 0; app < j->recipe.apps.count; app++)
		TRY(check(j, app, python, node));
	return NULL;
}

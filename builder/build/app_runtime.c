/* SPDX-License-Identifier: MIT */
#include "build/app_runtime.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "recipe/wants.h"

#define FILE_LIMIT (1u << 20)

/* The version of a package without its epoch and Debian's own part; NULL: it is not chosen. The caller's to free. */
static char *version_of(const struct build_context *j, const char *package)
{
	for (size_t i = 0; i < j->lock.package_count; i++) {
		const struct lock_package *p = &j->lock.packages[i];
		if (strcmp(p->name, package) || p->group == GROUP_BUILD)
			continue;
		const char *colon = strchr(p->version, ':'), *own = colon ? colon + 1 : p->version;
		return mem_ndup(own, strspn(own, "0123456789."));
	}
	return NULL;
}

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

/* requires-python = "…" at the beginning of a line; NULL: nothing is asked. */
static char *python_wanted(const char *bytes)
{
	static const char key[] = "requires-python";

	for (const char *line = bytes; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, strlen(key)))
			continue;
		const char *c = line + strlen(key);
		c += strspn(c, " \t=");
		if (*c == '"' || *c == '\'')
			return mem_ndup(c + 1, strcspn(c + 1, "\"'\n"));
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

static struct err *refuse(const struct build_context *j, size_t app, const char *what, const char *wanted, const char *have)
{
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];

	return err_new(ERR_RECIPE, "%s:%u:%u: the app '%s' wants %s %s, and the image would have %s, that of %s: write another 'suite', or another 'ref' of the app",
		       j->recipe.path, a->at.line, a->at.column, a->name, what, wanted, have, j->recipe.base.suite);
}

static struct err *check(const struct build_context *j, size_t app, const char *python, const char *node)
{
	AUTO_FREE char *project = read_source(j, app, "pyproject.toml"), *package = read_source(j, app, "package.json");
	AUTO_FREE char *for_python = project ? python_wanted(project) : NULL, *for_node = package ? node_wanted(package) : NULL;

	if (for_python && python && !wants_python(for_python, python))
		return refuse(j, app, "Python", for_python, python);
	if (for_node && node && !wants_node(for_node, node))
		return refuse(j, app, "Node", for_node, node);
	return NULL;
}

struct err *app_runtime(const struct build_context *j)
{
	AUTO_FREE char *python = version_of(j, "python3"), *node = version_of(j, "nodejs");

	for (size_t app = 0; app < j->recipe.apps.count; app++)
		TRY(check(j, app, python, node));
	return NULL;
}

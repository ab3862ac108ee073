/* SPDX-License-Identifier: MIT */
/* Reads which other apps an app's source needs, and checks that the first app belongs to the framework. */
#include "build/build_context.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define FILE_LIMIT (1u << 20)

static struct err *read_needs(struct build_context *j, size_t app, const char *file)
{
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];
	AUTO_FREE char *shown = mem_printf("%s: %s", a->name, file), *bytes = NULL;

	TRY(build_context_text(j, app, file, &bytes));
	return bytes ? service_needs_read(j->services, app, shown, bytes) : NULL;
}

static bool shows(const struct build_context *j, const char *file, const char *text)
{
	const struct entry *e = tree_find(&j->sources[0].files, file);
	AUTO_FREE char *bytes = NULL;
	size_t len;

	if (!e || e->kind != ENTRY_FILE || e->content.kind != CONTENT_DISK)
		return false;
	struct err *unread = file_read_text(e->content.path, FILE_LIMIT, &bytes, &len);
	err_free(unread);
	return !unread && strstr(bytes, text);
}

/* The package that has the file, if its name differs from the app's. */
static const char *package_with(const struct build_context *j, const char *file)
{
	const struct tree *files = &j->sources[0].files;
	const char *slash = strchr(file, '/');

	for (size_t i = 0; slash && i < files->count; i++) {
		const char *path = files->items[i].path, *own = strchr(path, '/');
		if (own && !strcmp(own, slash))
			return path;
	}
	return NULL;
}

/* Checks an app that had to be fetched first. */
static struct err *check_evidence(struct build_context *j)
{
	const struct app *first = j->recipe.apps.items;
	const char *file, *text;

	for (size_t i = 0; !first->path; i++) {
		TRY(service_evidence(j->services, i, &file, &text));
		if (!file)
			break;
		if (shows(j, file, text))
			continue;
		const char *other = package_with(j, file);
		if (other)
			return err_new(
				ERR_RECIPE,
				"%s:%u:%u: the app's Python package is called '%.*s': write name: %.*s",
				j->recipe.path, first->at.line, first->at.column, (int)strcspn(other, "/"),
				other, (int)strcspn(other, "/"), other);
		return err_new(
			ERR_RECIPE, "%s:%u:%u: '%s' is no app for framework %s: %s%s%s%s is missing in it",
			j->recipe.path, first->at.line, first->at.column, first->name,
			service_framework(j->services), file, *text ? " with '" : "", text, *text ? "'" : "");
	}
	return NULL;
}

struct err *app_needs(struct build_context *j)
{
	TRY(check_evidence(j));
	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		const char *file = service_needs_file(j->services, i);
		if (file)
			TRY(read_needs(j, i, file));
	}
	return service_needs_settle(j->services);
}

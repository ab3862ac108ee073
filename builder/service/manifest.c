/* SPDX-License-Identifier: MIT */
#include "service/manifest.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "service/manifest_fields.h"

#define FILE_LIMIT (256u << 10)

static const char *keep(struct arena *a, const char *text)
{
	return arena_dup(a, text, strlen(text));
}

/* Reads the file share/shown, or shown itself; the bytes are in the arena. */
static struct err *slurp(struct arena *a, const char *share, const char *shown, const char **ret)
{
	AUTO_FREE char *path = share ? mem_printf("%s/%s", share, shown) : mem_dup(shown), *bytes = NULL;
	size_t len;

	TRY(file_read(path, FILE_LIMIT, &bytes, &len));
	*ret = arena_dup(a, bytes, len);
	return NULL;
}

static struct err *parse(struct arena *a, const char *share, const char *shown, struct source *ret)
{
	const char *bytes;

	TRY(slurp(a, share, shown, &bytes));
	ret->path = shown;
	struct err *e = node_parse(a, bytes, strlen(bytes), &ret->root);
	if (!e)
		return NULL;
	AUTO_FREE char *where = err_text(e);
	err_free(e);
	return err_new(ERR_RECIPE, "%s:%s", shown, where);
}

static struct err *read_fields(struct arena *a, const struct node *root, const struct field *fields,
			       struct manifest *m)
{
	struct problems p = { .arena = a };

	schema_read(fields, root, m, &p);
	if (!p.count)
		return NULL;
	return err_new(ERR_RECIPE, "%s:%u:%u: %s", m->source.path, p.first->at.line, p.first->at.column,
		       p.first->text);
}

/* The keys of a file, plus those that it lacks from the file it is like. */
static const struct node *overlay(struct arena *a, const struct node *own, const struct node *base)
{
	struct node *all = arena_new(a, sizeof *all);
	const struct node **tail = &all->child, *sources[] = { own, base };

	*all = *own;
	for (size_t i = 0; i < COUNT(sources); i++)
		for (const struct node *c = sources[i]->child; c; c = c->next) {
			if (i && node_get(own, c->key->text))
				continue;
			struct node *copy = arena_new(a, sizeof *copy);
			*copy = *c;
			*tail = copy;
			tail = &copy->next;
		}
	*tail = NULL;
	return all;
}

static struct err *read_framework(struct arena *a, const char *share, const char *file, const char *name,
				  bool may_be_like, struct manifest *ret);

/* A framework may be like another one, which must be complete itself. */
static struct err *read_base(struct arena *a, const char *share, bool may_be_like, struct source *source,
			     const struct node **root)
{
	const struct node *like = source->root->kind == NODE_MAP ? node_get(source->root, "like") : NULL;
	struct manifest *base = arena_new(a, sizeof *base);

	*root = source->root;
	if (!like || like->kind != NODE_SCALAR)
		return NULL;
	if (!may_be_like)
		return template_refuse(source, like->text,
				       "this framework is itself like another: name that one");
	struct err *e = read_framework(a, share, NULL, like->text, false, base);
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return template_refuse(source, like->text,
				       "there is no framework '%s' in services/frameworks", like->text);
	}
	TRY_AS(e, "%s: like %s", source->path, like->text);
	*root = overlay(a, source->root, base->source.root);
	source->base = &base->source;
	return NULL;
}

/* Reads a file that a file of services/ names, from beside it. */
static struct err *read_beside(struct arena *a, const char *share, const char *folder, const char *name,
			       const struct manifest *m, const char **ret_shown, const char **ret_bytes)
{
	AUTO_FREE char *shown = mem_printf("%s/%s", folder, name), *bytes = NULL;
	AUTO_FREE char *top = share ? mem_printf("%s/%s", share, folder) : mem_dup(folder);
	size_t len;
	struct err *e = file_read_beneath(top, name, FILE_LIMIT, &bytes, &len);

	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return template_refuse(&m->source, name, "there is no file %s", shown);
	}
	if (e && err_code(e) == EXDEV) {
		err_free(e);
		return template_refuse(&m->source, name,
				       "'%s' is outside the folder of this file: put it beside it", name);
	}
	TRY_AS(e, "%s: file %s", m->source.path, name);
	*ret_bytes = arena_dup(a, bytes, len);
	*ret_shown = keep(a, shown);
	return NULL;
}

static struct err *read_templates(struct arena *a, const char *share, const char *folder, struct manifest *m)
{
	struct manifest_template *t = m->templates.items;

	for (size_t i = 0; i < m->templates.count; i++)
		TRY(read_beside(a, share, folder, t[i].from, m, &t[i].source.path, &t[i].bytes));
	return NULL;
}

static struct err *read_tools(struct arena *a, const char *share, const char *folder, struct manifest *m)
{
	const char *const *files = m->tool_files.items, *shown;

	m->tools.items = arena_new(a, m->tool_files.count * sizeof *m->tools.items);
	for (size_t i = 0; i < m->tool_files.count; i++) {
		const char *slash = strrchr(files[i], '/');
		struct service_tool *t = &m->tools.items[m->tools.count++];
		t->name = slash ? slash + 1 : files[i];
		AUTO_FREE char *path = mem_printf("%s/%s", SERVICE_TOOLS, t->name);
		t->path = keep(a, path);
		TRY(read_beside(a, share, folder, files[i], m, &shown, &t->bytes));
	}
	return NULL;
}

/* A process has either a command or one of the framework's. */
static struct err *check_processes(const struct manifest *m)
{
	const struct manifest_process *p = m->processes.items;

	for (size_t i = 0; i < m->processes.count; i++)
		if ((p[i].command.count > 0) == (p[i].run != NULL))
			return template_refuse(&m->source, p[i].name,
					       "process '%s' needs either 'command' or 'run'", p[i].name);
	return NULL;
}

struct err *manifest_read_service(struct arena *a, const char *share, const char *name, struct manifest *ret)
{
	AUTO_FREE char *folder = mem_printf("services/%s", name),
		       *shown = mem_printf("%s/service.yml", folder);

	*ret = (struct manifest){ .name = keep(a, name) };
	TRY(parse(a, share, keep(a, shown), &ret->source));
	TRY(read_fields(a, ret->source.root, manifest_fields_service, ret));
	TRY(check_processes(ret));
	return read_templates(a, share, folder, ret);
}

typedef struct err *read_files(struct arena *a, const char *share, const char *folder, struct manifest *m);

/* Templates and tools are beside the file that lists them: this file, or that of the framework it is like. */
static struct err *read_framework_files(struct arena *a, const char *share, const char *file, const char *key,
					read_files *read, struct manifest *m)
{
	if (!file || (m->source.base && !node_get(m->source.root, key)))
		return read(a, share, "services/frameworks", m);
	const char *slash = strrchr(file, '/');
	AUTO_FREE char *folder = slash ? mem_ndup(file, (size_t)(slash - file)) : mem_dup(".");
	return read(a, NULL, folder, m);
}

/* file: the path of a framework that is not in share, or NULL. */
static struct err *read_framework(struct arena *a, const char *share, const char *file, const char *name,
				  bool may_be_like, struct manifest *ret)
{
	AUTO_FREE char *shown = file ? mem_dup(file) : mem_printf("services/frameworks/%s.yml", name);
	const struct node *root;

	*ret = (struct manifest){ .name = keep(a, name), .framework = true };
	TRY(parse(a, file ? NULL : share, keep(a, shown), &ret->source));
	TRY(read_base(a, share, may_be_like, &ret->source, &root));
	TRY(read_fields(a, root, manifest_fields_framework, ret));
	TRY(read_framework_files(a, share, file, "templates", read_templates, ret));
	return read_framework_files(a, share, file, "tools", read_tools, ret);
}

struct err *manifest_read_framework(struct arena *a, const char *share, const char *name,
				    struct manifest *ret)
{
	return read_framework(a, share, NULL, name, true, ret);
}

struct err *manifest_read_framework_file(struct arena *a, const char *share, const char *path,
					 struct manifest *ret)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	AUTO_FREE char *name = mem_ndup(file, strcspn(file, "."));

	return read_framework(a, share, path, name, true, ret);
}

const struct list *manifest_command(const struct manifest *m, const char *name)
{
	const struct {
		const char *name;
		const struct list *argv;
	} known[] = {
		{ "shell", &m->commands.shell },       { "serve", &m->commands.serve },
		{ "worker", &m->commands.worker },     { "schedule", &m->commands.schedule },
		{ "socketio", &m->commands.socketio }, { "install", &m->commands.install },
		{ "check", &m->commands.check },       { "preload", &m->commands.preload },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (!strcmp(known[i].name, name))
			return known[i].argv;
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "service/framework.h"

#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/runtime.h"

#define EVIDENCE_LIMIT (1u << 20)

struct names {
	char **items;
	size_t count, room;
};

static void drop_names(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i]);
	free(n->items);
}

/* The names of all frameworks, sorted. */
static struct names list_names(const char *share)
{
	AUTO_FREE char *pattern = mem_printf("%s/services/frameworks/*.yml", share);
	struct names all = { 0 };
	glob_t g;

	if (glob(pattern, 0, NULL, &g))
		return all;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		const char *file = strrchr(g.gl_pathv[i], '/') + 1;
		VEC_PUSH(&all, mem_ndup(file, strlen(file) - strlen(".yml")));
	}
	globfree(&g);
	return all;
}

static bool holds(const struct list *globs, const char *word)
{
	const char *const *items = globs->items;

	for (size_t i = 0; i < globs->count; i++)
		if (!fnmatch(items[i], word, 0))
			return true;
	return false;
}

static char *join(const char *const *words, size_t count, const char *between)
{
	struct text all = { 0 };

	for (size_t i = 0; i < count; i++)
		text_printf(&all, "%s%s", i ? between : "", words[i]);
	return text_take(&all);
}

static bool holds_text(const char *folder, const char *file, const char *text)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, file), *bytes = NULL;
	size_t len;
	struct err *missing = file_read_text(path, EVIDENCE_LIMIT, &bytes, &len);

	err_free(missing);
	return !missing && strstr(bytes, text);
}

static void refuse_app(const struct manifest *m, const struct recipe *r, const char *file, const char *text,
		       struct problems *p)
{
	const struct app *first = r->apps.items;

	problem_add(p, node_mark(r->root, "apps/0/path"),
		    "'%s' is no app for framework %s: %s%s%s%s is missing in it", first->name, m->name, file,
		    *text ? " with '" : "", text, *text ? "'" : "");
}

struct err *framework_check_app(const struct manifest *m, const struct recipe *r, struct problems *p)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct app *first = r->apps.items;
	const struct pair *evidence = m->evidence.items;
	struct variables app = { .arena = &arena };
	AUTO_FREE char *folder = recipe_beside(r, first->path);
	struct err *e = NULL;

	variables_set(&app, "app.first", first->name);
	for (size_t i = 0; !e && i < m->evidence.count; i++) {
		const char *file;
		e = template_text(&arena, &app, &m->source, evidence[i].key, &file);
		if (!e && !holds_text(folder, file, evidence[i].value))
			refuse_app(m, r, file, evidence[i].value, p);
	}
	variables_done(&app);
	return e;
}

static struct err *recognise(const struct manifest *m, const struct recipe *r, bool *ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct problems lacks = { .arena = &arena };
	const struct app *first = r->apps.items;

	*ret = false;
	if (m->app_names.count && !holds(&m->app_names, first->name))
		return NULL;
	if (!first->path) {
		*ret = first->ref && holds(&m->refs, first->ref);
		return NULL;
	}
	TRY(framework_check_app(m, r, &lacks));
	*ret = m->evidence.count && !lacks.count;
	return NULL;
}

static struct mark place(const struct recipe *r)
{
	return node_mark(r->root, "framework");
}

static void refuse_unknown(const struct recipe *r, const struct names *known, struct problems *p)
{
	const char *near = text_nearest(r->framework, (const char *const *)known->items, known->count);
	AUTO_FREE char *all = join((const char *const *)known->items, known->count, ", ");

	problem_add(p, place(r), "there is no framework '%s': %s%s%s", r->framework,
		    near ? "did you mean '" : "known are ", near ? near : all, near ? "'?" : "");
}

static struct err *find_named(struct arena *a, const char *share, const struct recipe *r,
			      const struct names *known, struct problems *p, struct manifest *ret)
{
	for (size_t i = 0; i < known->count; i++)
		if (!strcmp(known->items[i], r->framework))
			return manifest_read_framework(a, share, r->framework, ret);
	refuse_unknown(r, known, p);
	return NULL;
}

/* A file that cannot be read is a recipe error. */
static struct err *read_own(struct arena *a, const char *share, const struct recipe *r, struct problems *p,
			    struct manifest *ret)
{
	AUTO_FREE char *path = recipe_beside(r, r->framework);
	struct err *e = manifest_read_framework_file(a, share, path, ret);
	int code = e ? err_code(e) : 0;

	if (!code)
		return e;
	err_free(e);
	*ret = (struct manifest){ 0 };
	problem_add(p, place(r), "cannot read the framework %s: %s", path, strerror(code));
	return NULL;
}

/* If nothing here decides, the app's source decides once it is fetched. */
static struct err *find_after_fetch(struct arena *a, const char *share, const struct recipe *r,
				    const struct names *known, struct problems *p, struct manifest *ret)
{
	const struct app *first = r->apps.items;

	for (size_t i = 0; !first->path && i < known->count; i++) {
		struct manifest m;
		TRY(manifest_read_framework(a, share, known->items[i], &m));
		if (!m.fetched)
			continue;
		problem_warn(p, node_mark(r->root, "apps/0"),
			     "framework %s is taken, and looked for in the app when a build fetches it: name "
			     "another as 'framework' if that is wrong",
			     m.name);
		*ret = m;
		return NULL;
	}
	problem_add(p, node_mark(r->root, "apps/0"),
		    "no framework recognises the first app: name one as 'framework', or a file of your own");
	return NULL;
}

/* If two recognise it and one is like the other, the derived one is more specific and wins. */
static struct err *find_recognised(struct arena *a, const char *share, const struct recipe *r,
				   const struct names *known, struct problems *p, struct manifest *ret)
{
	struct manifest found = { 0 };
	bool hit;

	for (size_t i = 0; i < known->count; i++) {
		struct manifest m;
		TRY(manifest_read_framework(a, share, known->items[i], &m));
		TRY(recognise(&m, r, &hit));
		if (!hit || (found.name && found.like && !strcmp(found.like, m.name)))
			continue;
		if (found.name && !(m.like && !strcmp(m.like, found.name))) {
			problem_add(p, node_mark(r->root, "apps/0"),
				    "the first app looks like both %s and %s: name one as 'framework'",
				    found.name, m.name);
			return NULL;
		}
		found = m;
	}
	if (!found.name)
		return find_after_fetch(a, share, r, known, p, ret);
	*ret = found;
	return NULL;
}

static void check_suits(const struct manifest *m, const struct recipe *r, struct problems *p)
{
	const struct app *first = r->apps.items;

	if (r->base.suite && m->suites.count && !holds(&m->suites, r->base.suite)) {
		AUTO_FREE char *known = join(m->suites.items, m->suites.count, " or ");
		problem_warn(p, node_mark(r->root, "base/suite"),
			     "framework %s was tried on %s and not on %s: verify the image before you "
			     "rely on it",
			     m->name, known, r->base.suite);
	}
	for (int kind = 0; kind < RUNTIME_COUNT; kind++)
		if (runtime_version(r, kind) && !holds(&m->runtimes, runtime_names[kind]))
			problem_add(p, node_mark(r->root, "runtime/%s", runtime_names[kind]),
				    "framework %s runs on the suite's own %s alone: remove this, or name "
				    "another suite",
				    m->name, runtime_titles[kind]);
	if (r->prebake && !m->site_renew.count)
		problem_add(p, node_mark(r->root, "prebake"),
			    "framework %s does not say how a prebaked site gets secrets of its own: leave it "
			    "out, or give the framework site_renew",
			    m->name);
	if (m->app_names.count && !holds(&m->app_names, first->name)) {
		AUTO_FREE char *known = join(m->app_names.items, m->app_names.count, " or ");
		problem_add(p, node_mark(r->root, "apps/0/name"), "the first app of framework %s must be %s",
			    m->name, known);
	}
}

struct err *framework_read(struct arena *a, const char *share, const struct recipe *r, struct problems *p,
			   struct manifest *ret)
{
	const struct app *first = r->apps.items;

	*ret = (struct manifest){ 0 };
	if (!r->framework || !r->apps.count || !first->name)
		return NULL;
	struct names known = list_names(share);
	struct err *e = strchr(r->framework, '/')    ? read_own(a, share, r, p, ret) :
			strcmp(r->framework, "auto") ? find_named(a, share, r, &known, p, ret) :
						       find_recognised(a, share, r, &known, p, ret);

	drop_names(&known);
	if (!e && ret->name)
		check_suits(ret, r, p);
	return e;
}

const char *framework_option(const struct manifest *m, const char *name)
{
	const struct pair *known = m->options.items;

	for (size_t i = 0; i < m->options.count; i++)
		if (!strcmp(known[i].key, name))
			return known[i].value;
	return NULL;
}

#include "service/framework.h"

#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

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

/* The frameworks there are, in the order of their names. */
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

static char *join(const struct list *words)
{
	const char *const *items = words->items;
	struct text all = { 0 };

	for (size_t i = 0; i < words->count; i++)
		text_printf(&all, "%s%s", i ? " or " : "", items[i]);
	return text_take(&all);
}

static struct err *look(const struct source *from, const struct scope *app, const struct pair *evidence, const char *folder, bool *ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_FREE char *bytes = NULL;
	const char *file;
	size_t len;

	TRY(expand_text(&arena, app, from, evidence->key, &file));
	AUTO_FREE char *path = mem_printf("%s/%s", folder, file);
	struct err *missing = file_read(path, EVIDENCE_LIMIT, &bytes, &len);
	*ret = !missing && strstr(bytes, evidence->value);
	err_free(missing);
	return NULL;
}

/* Every file named as evidence holds its text. */
static struct err *look_at_all(const struct manifest *m, const struct app *first, const char *folder, bool *ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct scope app = { .arena = &arena };
	const struct pair *evidence = m->evidence.items;
	struct err *e = NULL;

	scope_set(&app, "app.first", first->name);
	*ret = m->evidence.count > 0;
	for (size_t i = 0; !e && *ret && i < m->evidence.count; i++)
		e = look(&m->source, &app, &evidence[i], folder, ret);
	scope_done(&app);
	return e;
}

static struct err *recognise(const struct manifest *m, const struct recipe *r, bool *ret)
{
	const struct app *first = r->apps.items;

	*ret = false;
	if (!r->apps.count || (m->app_names.count && !holds(&m->app_names, first->name)))
		return NULL;
	if (!first->path) {
		*ret = first->ref && holds(&m->refs, first->ref);
		return NULL;
	}
	AUTO_FREE char *folder = recipe_beside(r, first->path);
	return look_at_all(m, first, folder, ret);
}

static struct err *refuse_unknown(const struct recipe *r, const struct names *known)
{
	struct text all = { 0 };

	for (size_t i = 0; i < known->count; i++)
		text_printf(&all, "%s%s", i ? ", " : "", known->items[i]);
	AUTO_FREE char *list = text_take(&all);
	const char *near = text_nearest(r->framework, (const char *const *)known->items, known->count);
	if (near)
		return err_new(ERR_RECIPE, "%s: there is no framework '%s': did you mean '%s'?", r->path, r->framework, near);
	return err_new(ERR_RECIPE, "%s: there is no framework '%s': known are %s", r->path, r->framework, list);
}

static struct err *find_named(struct arena *a, const char *share, const struct recipe *r, const struct names *known,
			      struct manifest *ret)
{
	for (size_t i = 0; i < known->count; i++)
		if (!strcmp(known->items[i], r->framework))
			return manifest_read_framework(a, share, r->framework, ret);
	return refuse_unknown(r, known);
}

/* A file that cannot be read is the recipe's fault. */
static struct err *read_own(struct arena *a, const char *share, const struct recipe *r, struct manifest *ret)
{
	AUTO_FREE char *path = recipe_beside(r, r->framework);
	struct err *e = manifest_read_framework_file(a, share, path, ret);
	int code = e ? err_code(e) : 0;

	if (!code)
		return e;
	err_free(e);
	return err_new(ERR_RECIPE, "%s: cannot read the framework %s: %s", r->path, path, strerror(code));
}

/* Of two that recognise it, one that is like the other asks for more and wins. */
static struct err *find_recognised(struct arena *a, const char *share, const struct recipe *r, const struct names *known,
				   struct manifest *ret)
{
	bool found = false, hit;

	for (size_t i = 0; i < known->count; i++) {
		struct manifest m;
		TRY(manifest_read_framework(a, share, known->items[i], &m));
		TRY(recognise(&m, r, &hit));
		if (!hit || (found && ret->like && !strcmp(ret->like, m.name)))
			continue;
		if (found && !(m.like && !strcmp(m.like, ret->name)))
			return err_new(ERR_RECIPE, "%s: the first app looks like both %s and %s: name one as 'framework'",
				       r->path, ret->name, m.name);
		*ret = m;
		found = true;
	}
	if (!found)
		return err_new(ERR_RECIPE, "%s: no framework recognises the first app: name one as 'framework', or a file of your own", r->path);
	return NULL;
}

static struct err *check_suits(const struct manifest *m, const struct recipe *r)
{
	const struct app *first = r->apps.items;

	if (m->suites.count && !holds(&m->suites, r->base.suite)) {
		AUTO_FREE char *known = join(&m->suites);
		return err_new(ERR_RECIPE, "%s: framework %s does not run on %s: use %s", r->path, m->name, r->base.suite, known);
	}
	if (!r->apps.count || (m->app_names.count && !holds(&m->app_names, first->name))) {
		AUTO_FREE char *known = join(&m->app_names);
		return err_new(ERR_RECIPE, "%s: the first app of framework %s must be %s", r->path, m->name,
			       *known ? known : "there");
	}
	return NULL;
}

struct err *framework_read(struct arena *a, const char *share, const struct recipe *r, struct manifest *ret)
{
	struct names known = list_names(share);
	struct err *e = strchr(r->framework, '/') ? read_own(a, share, r, ret)
		      : strcmp(r->framework, "auto") ? find_named(a, share, r, &known, ret)
						     : find_recognised(a, share, r, &known, ret);

	drop_names(&known);
	return e ? e : check_suits(ret, r);
}

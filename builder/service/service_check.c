/* SPDX-License-Identifier: MIT */
/* Checks that services and the framework can provide what a recipe asks of them. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/keyring.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/recipe_check.h"
#include "service/exclude.h"
#include "service/framework.h"
#include "service/service.h"

static const char *variable(const struct manifest *m, const char *name)
{
	const struct pair *pairs = m->variables.items;

	for (size_t i = 0; i < m->variables.count; i++)
		if (!strcmp(pairs[i].key, name))
			return pairs[i].value;
	return "";
}

static bool is_wanted(const struct recipe *r, const char *name, const struct manifest *m)
{
	if (!strcmp(name, "disk"))
		return recipe_wants_disk(r);
	if (!strcmp(name, "ssh"))
		return recipe_wants_disk(r) && r->disk.ssh;
	return m->only == ONLY_ALWAYS || (m->only == ONLY_PRODUCTION) == (r->mode == MODE_PRODUCTION);
}

/* service_load reports a service that cannot be read. */
static void check_service(struct arena *a, const char *share, const char *name, const struct recipe *r,
			  struct text *known, struct problems *p)
{
	struct manifest m = { 0 };
	struct err *e = manifest_read_service(a, share, name, &m);

	if (!e && is_wanted(r, name, &m))
		for (size_t i = 0; i < m.ports.count; i++)
			recipe_check_port(
				r, strtoul(variable(&m, ((const char *const *)m.ports.items)[i]), NULL, 10),
				name, p);
	if (!e)
		exclude_add_names(known, &m);
	err_free(e);
}

static int is_service(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "frameworks") && strcmp(d->d_name, "guest") &&
	       !strchr(d->d_name, '.');
}

/* Checks the ports of all services, and collects the words for what they leave out. */
static void check_services(struct arena *a, const char *share, const struct recipe *r, struct text *known,
			   struct problems *p)
{
	AUTO_FREE char *folder = mem_printf("%s/services", share);
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_service, alphasort);

	for (int i = 0; i < count; i++) {
		check_service(a, share, names[i]->d_name, r, known, p);
		free(names[i]);
	}
	free(names);
}

/* What is at a path: 0 for a file, EISDIR for a folder, else the error. */
static int look_at(const char *path)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;
	struct err *e = file_read(path, 0, &bytes, &len);
	int code = e ? err_code(e) : 0;

	err_free(e);
	return code;
}

/* Whether an app's folder exists. */
static bool check_folder(const struct recipe *r, size_t i, struct problems *p)
{
	const struct app *a = &((const struct app *)r->apps.items)[i];
	AUTO_FREE char *path = recipe_beside(r, a->path);
	int code = look_at(path);
	struct mark at = node_mark(r->root, "apps/%zu/path", i);

	if (code == ENOENT || code == ENOTDIR)
		problem_add(p, at, "there is no folder %s: put the app %s there, or write where it is", path,
			    a->name);
	else if (code == EACCES)
		problem_add(p, at, "cannot open %s: %s", path, strerror(code));
	else if (code != EISDIR)
		problem_add(p, at, "%s is not a folder: 'path' is the app's folder", path);
	return code == EISDIR;
}

/* Checks the interpreters that the recipe brings from this machine: a folder as it is, an archive by its
 * digest. */
static void check_build(const struct recipe *r, size_t i, struct problems *p)
{
	const struct app *a = &((const struct app *)r->runtime.archives.items)[i];
	AUTO_FREE char *path = recipe_beside(r, a->path);
	struct mark at = node_mark(r->root, "runtime/archives/%zu/path", i);
	int code = look_at(path);

	if (code == ENOENT || code == ENOTDIR || code == EACCES)
		problem_add(p, at, "cannot open %s: %s", path, strerror(code));
	else if (code == EISDIR && a->sha256)
		problem_add(p, at, "%s is a folder, so 'sha256' has no effect: remove it", path);
	else if (code != EISDIR && !a->sha256)
		problem_add(p, at, "%s is an archive: add its 'sha256', which sha256sum prints", path);
}

/* An empty file stands for a keyring that is still to come. */
static void check_keyring(const struct recipe *r, const char *keyring, struct mark at, struct problems *p)
{
	AUTO_FREE char *path = recipe_beside(r, keyring), *bytes = NULL;
	size_t len = 0;
	struct err *e = file_read(path, KEYRING_LIMIT, &bytes, &len);
	int code = e ? err_code(e) : 0;

	err_free(e);
	if (code == ENOENT || code == ENOTDIR)
		problem_add(p, at, "there is no keyring %s: put it there, or write where it is", path);
	else if (code == EISDIR)
		problem_add(p, at, "%s is a folder: 'key' is a keyring's file", path);
	else if (code == EACCES)
		problem_add(p, at, "cannot open %s: %s", path, strerror(code));
	else if (code || (len && !keyring_is(bytes, len)))
		problem_add(p, at, "%s is no keyring: 'key' is a file of OpenPGP public keys", path);
}

void service_check_keyrings(const struct recipe *r, struct problems *p)
{
	const struct archive *archives = r->base.archives.items;

	if (r->base.key)
		check_keyring(r, r->base.key, node_mark(r->root, "base/key"), p);
	for (size_t i = 0; i < r->base.archives.count; i++)
		if (archives[i].key)
			check_keyring(r, archives[i].key, node_mark(r->root, "base/archives/%zu/key", i), p);
}

static void check_options(const struct manifest *m, const struct recipe *r, size_t i, struct problems *p)
{
	const struct app *a = &((const struct app *)r->apps.items)[i];
	const struct pair *given = a->options.items, *known = m->options.items;
	AUTO_TEXT struct text all = { 0 };

	for (size_t k = 0; k < m->options.count; k++)
		text_printf(&all, "%s%s", k ? ", " : ": it knows ", known[k].key);
	for (size_t k = 0; k < a->options.count; k++)
		if (given[k].value && !framework_option(m, given[k].key))
			problem_add(p, given[k].at, "framework %s knows no option '%s'%s", m->name,
				    given[k].key, all.len ? all.bytes : ": it has none");
}

/* If the first app has a reported problem, it is not also reported as unrecognised. */
static bool can_be_recognised(const struct app *a, bool is_here)
{
	return a->path ? is_here : (a->git && a->ref) || (a->archive && a->sha256);
}

/* Checks files of this machine that the recipe names; ret: whether the first app's folder exists. */
static bool check_files(const struct recipe *r, struct problems *p)
{
	const struct app *apps = r->apps.items, *builds = r->runtime.archives.items;
	bool first_is_here = false;

	for (size_t i = 0; i < r->apps.count; i++)
		if (apps[i].path && check_folder(r, i, p) && i == 0)
			first_is_here = true;
	for (size_t i = 0; i < r->runtime.archives.count; i++)
		if (builds[i].path)
			check_build(r, i, p);
	return first_is_here;
}

struct err *service_check(const char *share, const struct recipe *r, struct problems *p)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_TEXT struct text known = { 0 };
	struct manifest m;
	bool first_is_here = check_files(r, p);

	check_services(&arena, share, r, &known, p);
	if (!r->framework || !r->apps.count ||
	    (!strcmp(r->framework, "auto") && !can_be_recognised(r->apps.items, first_is_here)))
		return NULL;
	TRY(framework_read(&arena, share, r, p, &m));
	if (!m.name)
		return NULL;
	for (size_t i = 0; i < r->apps.count; i++)
		check_options(&m, r, i, p);
	exclude_add_names(&known, &m);
	exclude_check(r, known.bytes ? known.bytes : "", p);
	return first_is_here ? framework_check_app(&m, r, p) : NULL;
}

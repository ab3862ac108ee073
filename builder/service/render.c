/* SPDX-License-Identifier: MIT */
#include "service/render.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "contract/bench_json.h"
#include "service/bench_values.h"
#include "service/dirs_and_links.h"
#include "service/supervisor_conf.h"

#define ALL_LIMIT (64u << 20)

static void add_file(struct tree *t, const char *path, unsigned mode, const char *bytes, size_t len)
{
	tree_add(t, &(struct entry){ .path = path + (*path == '/'),
				     .kind = ENTRY_FILE,
				     .mode = mode,
				     .size_bytes = len,
				     .sha256 = digest_of(bytes, len),
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

static void add_text(struct tree *t, const char *path, struct text *text)
{
	AUTO_FREE char *bytes = text_take(text);

	add_file(t, path, 0644, bytes, strlen(bytes));
}

static void add_link(struct tree *t, const char *path, const char *to)
{
	tree_add(t, &(struct entry){
			    .path = path + (*path == '/'), .kind = ENTRY_SYMLINK, .mode = 0777, .link = to });
}

static void add_folder(struct tree *t, const char *path, unsigned mode, const struct service_user *user)
{
	tree_add(t, &(struct entry){ .path = path + (*path == '/'),
				     .kind = ENTRY_FOLDER,
				     .mode = mode,
				     .uid = user->uid,
				     .gid = user->gid });
}

/* Adds the folders by which tools recognise a bench. In development its user owns it; in production the user
 * may only keep caches and the like beside it, and cannot rename what root's Supervisor reads there. */
static void add_bench(const struct service_set *s, struct tree *t)
{
	static const char *const folders[] = {
		"", "/apps", "/assets", "/config", "/config/pids", "/env", "/env/bin",
	};
	const struct service_user *user = service_set_user(s, BENCH_USER);
	const struct service_user *owner =
		service_set_user(s, s->recipe->mode == MODE_DEVELOPMENT ? BENCH_USER : "root");
	const struct service_user home = { .uid = owner->uid, .gid = user->gid };
	const struct app *apps = s->recipe->apps.items;
	struct text names = { 0 };

	add_folder(t, BENCH_HOME, owner == user ? 0755 : 01775, &home);
	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf(BENCH_PATH "%s", folders[i]);
		add_folder(t, path, 0755, owner);
	}
	/* Locks of the whole bench are made there. */
	add_folder(t, BENCH_PATH "/config", owner == user ? 0755 : 01775, &home);
	add_link(t, BENCH_PATH "/sites", BENCH_DATA "/sites");
	add_link(t, BENCH_PATH "/logs", BENCH_DATA "/logs");
	for (size_t i = 0; i < s->recipe->apps.count; i++)
		text_printf(&names, "%s\n", apps[i].name);
	add_text(t, BENCH_PATH "/apps.txt", &names);
	for (size_t i = 0; i < s->links.count; i++)
		if (!dirs_and_links_on_volume(s->links.items[i].path))
			add_link(t, s->links.items[i].path, s->links.items[i].to);
}

static struct err *add_template(const struct manifest *m, const struct manifest_template *row,
				const struct variables *scope, struct tree *t)
{
	AUTO_ARENA struct arena arena = { 0 };
	const char *path, *bytes;
	char *end;
	unsigned long mode = strtoul(row->mode, &end, 8);

	if (*end || mode > 0777)
		return template_refuse(&m->source, row->mode, "'%s' is not a file's mode", row->mode);
	TRY(template_text(&arena, scope, &m->source, row->to, &path));
	const char *why = dirs_and_links_refused(path);
	if (why)
		return template_refuse(&m->source, row->to, "'%s' %s", path, why);
	TRY(template_text(&arena, scope, &row->source, row->bytes, &bytes));
	if (arena_bytes(&t->arena) > ALL_LIMIT)
		return template_refuse(&m->source, row->to,
				       "all files of services and framework grow beyond 64 MiB");
	add_file(t, path, (unsigned)mode, bytes, strlen(bytes));
	return NULL;
}

static struct err *add_templates(const struct service_set *s, const struct manifest *m, struct tree *t)
{
	const struct manifest_template *rows = m->templates.items;
	const struct variables *scope;

	for (size_t i = 0; i < m->templates.count; i++)
		for (size_t n = 0;
		     service_set_wants(s, rows[i].only) && (scope = service_set_each(s, rows[i].each, n));
		     n++)
			TRY(add_template(m, &rows[i], scope, t));
	return NULL;
}

/* Production runs config/supervisor.conf. Development has a Procfile, and Supervisor runs the same table. */
static struct err *add_processes(const struct service_set *s, struct tree *t)
{
	bool production = s->recipe->mode == MODE_PRODUCTION;
	struct text services = { 0 }, bench = { 0 }, procfile = { 0 };
	struct err *e = supervisor_conf_write(s, false, &services);

	if (!e)
		e = supervisor_conf_write(s, true, &bench);
	add_text(t, "/etc/supervisor/conf.d/services.conf", &services);
	add_text(t, production ? BENCH_PATH "/config/supervisor.conf" : "/etc/supervisor/conf.d/bench.conf",
		 &bench);
	if (production) {
		add_link(t, "/etc/supervisor/conf.d/bench.conf", BENCH_PATH "/config/supervisor.conf");
	} else {
		supervisor_conf_procfile(s, &procfile);
		add_text(t, BENCH_PATH "/Procfile", &procfile);
	}
	return e;
}

static struct err *add_bench_json(const struct service_set *s, const char *build_id, struct tree *t)
{
	AUTO_FREE char *bytes = NULL;

	TRY(bench_values_write(s, build_id, &bytes));
	add_file(t, BENCH_JSON, 0644, bytes, strlen(bytes));
	return NULL;
}

/* Adds every missing folder as Debian has it: owned by root, 0755. */
static void add_parents(struct tree *t)
{
	static const struct service_user root = { .name = "root" };

	for (size_t i = 0, count = t->count; i < count; i++) {
		AUTO_FREE char *path = mem_dup(t->items[i].path);
		for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
			*slash = 0;
			bool there = false;
			for (size_t k = 0; k < t->count && !there; k++)
				there = !strcmp(t->items[k].path, path);
			if (!there)
				add_folder(t, path, 0755, &root);
		}
	}
}

struct err *render_tree(const struct service_set *s, const char *build_id, struct tree *ret)
{
	if (!service_set_user(s, BENCH_USER))
		return err_new(ERR_RECIPE,
			       "%s: none of its services brings the user '%s': add 'bench' to them",
			       s->framework->source.path, BENCH_USER);
	add_bench(s, ret);
	for (size_t i = 0; i < s->rootfs.count; i++)
		add_file(ret, s->rootfs.items[i].path, s->rootfs.items[i].mode, s->rootfs.items[i].bytes,
			 s->rootfs.items[i].len);
	for (size_t i = 0; i < s->manifest_count; i++)
		TRY(add_templates(s, &s->manifests[i], ret));
	TRY(add_processes(s, ret));
	TRY(add_bench_json(s, build_id, ret));
	add_parents(ret);
	tree_sort(ret);
	return NULL;
}

/* Supervisor runs the servers: their packages' own systemd units must not start them as well. */
static void mask_units(const struct manifest *m, struct tree *t)
{
	const char *const *units = m->units.items;

	for (size_t i = 0; i < m->units.count; i++) {
		AUTO_FREE char *path = mem_printf("/etc/systemd/system/%s", units[i]);
		add_link(t, path, "/dev/null");
	}
}

struct err *render_disk(const struct service_set *s, struct tree *ret)
{
	for (size_t m = 0; m < s->manifest_count; m++)
		mask_units(&s->manifests[m], ret);
	for (size_t m = 0; m < s->disk_count; m++) {
		const struct manifest_link *links = s->disk[m].links.items;
		TRY(add_templates(s, &s->disk[m], ret));
		for (size_t i = 0; i < s->disk[m].links.count; i++)
			add_link(ret, links[i].path, links[i].to);
	}
	tree_sort(ret);
	return NULL;
}

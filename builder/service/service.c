/* SPDX-License-Identifier: MIT */
#include "service/bench_values.h"
#include "service/service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "contract/bench_json.h"
#include "service/exclude.h"
#include "service/framework.h"
#include "service/dirs_and_links.h"
#include "service/package_list.h"
#include "service/process.h"
#include "service/render.h"
#include "service/rootfs_files.h"
#include "service/service_needs.h"
#include "service/service_set.h"
#include "service/step.h"
#include "service/supervisor_conf.h"
#include "service/trial.h"
#include "service/recipe_variables.h"

static struct err *read_manifests(struct service_set *s, const char *share)
{
	struct problems p = { .arena = &s->arena };
	struct manifest framework;

	TRY(framework_read(&s->arena, share, s->recipe, &p, &framework));
	for (const struct problem *one = p.first; one; one = one->next)
		if (!one->warning)
			return err_new(ERR_RECIPE, "%s:%u:%u: %s", s->recipe->path, one->at.line,
				       one->at.column, one->text);
	const char *const *names = framework.services.items;
	s->manifests = arena_new(&s->arena, (framework.services.count + 2) * sizeof *s->manifests);
	for (size_t i = 0; i < framework.services.count; i++) {
		struct manifest *m = &s->manifests[s->manifest_count];
		struct err *e = manifest_read_service(&s->arena, share, names[i], m);
		if (e && err_code(e) == ENOENT) {
			err_free(e);
			return template_refuse(&framework.source, names[i], "there is no service '%s'",
					       names[i]);
		}
		if (e)
			return err_wrap(e, "%s: service %s", framework.source.path, names[i]);
		s->manifest_count += service_set_wants(s, m->only);
	}
	if (s->recipe->pdf != PDF_NONE)
		TRY(manifest_read_service(&s->arena, share,
					  s->recipe->pdf == PDF_CHROMIUM ? "chromium" : "wkhtmltopdf",
					  &s->manifests[s->manifest_count++]));
	s->manifests[s->manifest_count] = framework;
	s->framework = &s->manifests[s->manifest_count++];
	return NULL;
}

static struct err *read_disk(struct service_set *s, const char *share)
{
	if (!recipe_wants_disk(s->recipe))
		return NULL;
	TRY(manifest_read_service(&s->arena, share, "disk", &s->disk[s->disk_count++]));
	if (!s->recipe->disk.ssh)
		return NULL;
	return manifest_read_service(&s->arena, share, "ssh", &s->disk[s->disk_count++]);
}

static void list_users(struct service_set *s)
{
	for (size_t i = 0; i < s->manifest_count; i++) {
		const struct manifest_user *u = s->manifests[i].users.items;
		for (size_t k = 0; k < s->manifests[i].users.count; k++) {
			struct service_user user = {
				.name = u[k].name,
				.home = u[k].home ? u[k].home : "/nonexistent",
				.shell = u[k].shell ? u[k].shell : "/usr/sbin/nologin",
				.comment = u[k].comment ? u[k].comment : "",
				.uid = (unsigned)u[k].id,
				.gid = (unsigned)u[k].id,
			};
			VEC_PUSH(&s->users, user);
		}
	}
}

static void list_masked(struct service_set *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->manifest_count; i++)
		count += s->manifests[i].masked.count;
	const char **all = arena_new(&s->arena, (count + 1) * sizeof *all);
	s->masked = all;
	for (size_t i = 0; i < s->manifest_count; i++) {
		const char *const *names = s->manifests[i].masked.items;
		for (size_t k = 0; k < s->manifests[i].masked.count; k++)
			*all++ = names[k];
	}
}

static void list_groups(struct service_set *s)
{
	struct text names = { 0 };

	supervisor_conf_bench_groups(s, &names);
	AUTO_FREE char *groups = text_take(&names);
	variables_set(&s->scope, "bench.groups", groups);
}

static struct err *fill(struct service_set *s, const char *share)
{
	TRY(read_manifests(s, share));
	TRY(read_disk(s, share));
	TRY(rootfs_files_read(s, share));
	TRY(audit_rules_read(&s->arena, share, &s->audit));
	package_list(s);
	list_users(s);
	list_masked(s);
	exclude_list(s);
	recipe_variables_of_recipe(s);
	TRY(recipe_variables_of_manifests(s));
	TRY(process_list(s));
	list_groups(s);
	TRY(step_list(s));
	TRY(service_needs_list(s));
	TRY(dirs_and_links_list(s));
	TRY(trial_list(s));
	TRY(bench_values_check(s));
	return template_list(&s->arena, &s->scope, &s->framework->source, &s->framework->prune, &s->prune);
}

struct err *service_load(const char *share, const struct recipe *r, struct service_set **ret)
{
	struct service_set *s = mem_new(sizeof *s);

	s->recipe = r;
	struct err *e = fill(s, share);
	if (e)
		service_free(s);
	else
		*ret = s;
	return e;
}

static void free_scopes(struct service_set *s)
{
	for (size_t i = 0; i < s->redis_count; i++)
		variables_done(&s->redis[i]);
	for (size_t i = 0; s->workers && i < s->recipe->workers.count; i++)
		variables_done(&s->workers[i]);
	for (size_t i = 0; s->apps && i < s->recipe->apps.count; i++)
		variables_done(&s->apps[i]);
	variables_done(&s->scope);
}

void service_free(struct service_set *s)
{
	if (!s)
		return;
	free_scopes(s);
	service_needs_done(s);
	for (size_t i = 0; s->app_steps && i < s->recipe->apps.count; i++)
		free(s->app_steps[i].items);
	free(s->bench_steps.items);
	free(s->prepare_steps.items);
	free(s->pin_steps.items);
	free(s->processes.items);
	free(s->packages.items);
	free(s->users.items);
	free(s->folders.items);
	free(s->links.items);
	free(s->rootfs.items);
	free(s->trials.items);
	free(s->made.items);
	arena_done(&s->arena);
	free(s);
}

size_t service_packages(const struct service_set *s, const struct service_package **ret)
{
	*ret = s->packages.items;
	return s->packages.count;
}

const char *const *service_masked(const struct service_set *s)
{
	return s->masked;
}

size_t service_users(const struct service_set *s, const struct service_user **ret)
{
	*ret = s->users.items;
	return s->users.count;
}

size_t service_app_steps(const struct service_set *s, const struct app *app, const struct service_step **ret)
{
	const struct app *apps = s->recipe->apps.items;

	for (size_t i = 0; i < s->recipe->apps.count; i++)
		if (!strcmp(apps[i].name, app->name)) {
			*ret = s->app_steps[i].items;
			return s->app_steps[i].count;
		}
	*ret = NULL;
	return 0;
}

struct err *service_evidence(struct service_set *s, size_t i, const char **ret_file, const char **ret_text)
{
	const struct pair *rows = s->framework->evidence.items;

	*ret_file = NULL;
	if (i >= s->framework->evidence.count)
		return NULL;
	*ret_text = rows[i].value;
	return template_text(&s->arena, &s->scope, &s->framework->source, rows[i].key, ret_file);
}

size_t service_prepare_steps(const struct service_set *s, const struct service_step **ret)
{
	*ret = s->prepare_steps.items;
	return s->prepare_steps.count;
}

size_t service_tools(const struct service_set *s, const struct service_tool **ret)
{
	*ret = s->framework->tools.items;
	return s->framework->tools.count;
}

size_t service_pin_steps(const struct service_set *s, const struct service_step **ret)
{
	*ret = s->pin_steps.items;
	return s->pin_steps.count;
}

size_t service_bench_steps(const struct service_set *s, const struct service_step **ret)
{
	*ret = s->bench_steps.items;
	return s->bench_steps.count;
}

const char *service_server_package(const struct service_set *s)
{
	return variables_get(&s->scope, "mariadb.server_package", strlen("mariadb.server_package"));
}

void service_server_version(struct service_set *s, const char *version, size_t len)
{
	s->server_version = arena_dup(&s->arena, version, len);
}

static const char *kept(struct service_set *s, const char *text)
{
	return text ? arena_dup(&s->arena, text, strlen(text)) : NULL;
}

void service_identify(struct service_set *s, size_t app, const struct app_identity *is)
{
	s->identities[app] =
		(struct app_identity){ kept(s, is->commit), is->commit ? NULL : kept(s, is->content),
				       kept(s, is->version) };
}

void service_interpreters(struct service_set *s, const struct lock *l)
{
	s->interpreters = arena_new(&s->arena, l->runtime_count * sizeof *s->interpreters);
	s->interpreter_count = l->runtime_count;
	for (size_t i = 0; i < l->runtime_count; i++) {
		const struct lock_runtime *r = &l->runtimes[i];
		AUTO_FREE char *path = mem_printf("/opt/%s", r->name);
		const char *url = strstr(r->from, "://") ? r->from : NULL;
		s->interpreters[i] = (struct bench_interpreter){
			kept(s, r->name), kept(s, r->version), kept(s, path),
			kept(s, url),	  kept(s, r->sha256),  kept(s, r->tree),
		};
	}
}

struct err *service_render(const struct service_set *s, const char *build_id, struct tree *ret)
{
	return render_tree(s, build_id, ret);
}

struct err *service_render_disk(const struct service_set *s, struct tree *ret)
{
	return s->disk_count ? render_disk(s, ret) : NULL;
}

const char *const *service_prune(const struct service_set *s)
{
	return s->prune;
}

const char *service_prune_file(const struct service_set *s)
{
	return s->framework->prune_file;
}

const struct audit_rules *service_audit(const struct service_set *s)
{
	return &s->audit;
}

const char *service_framework(const struct service_set *s)
{
	return s->framework->name;
}

const char *service_bench_path(const struct service_set *s)
{
	(void)s;
	return BENCH_PATH;
}

size_t service_trials(const struct service_set *s, const struct service_trial **ret)
{
	*ret = s->trials.items;
	return s->trials.count;
}

size_t service_folders(const struct service_set *s, const struct service_folder **ret)
{
	*ret = s->made.items;
	return s->made.count;
}

const char *const *service_exclude(const struct service_set *s)
{
	return s->exclude;
}

/* SPDX-License-Identifier: MIT */
/* Computes the digest of all that a lock depends on: if it differs, the lock is out of date. */
#include <string.h>

#include "recipe/lock.h"

static void feed_list(struct digest_run *run, const char *name, const struct list *words)
{
	digest_feed_word(run, name);
	for (size_t i = 0; i < words->count; i++)
		digest_feed_word(run, ((const char *const *)words->items)[i]);
}

static void feed(struct digest_run *run, const char *name, const char *value)
{
	digest_feed_word(run, name);
	digest_feed_word(run, value ? value : "");
}

static void feed_runtime(struct digest_run *run, const struct recipe *r)
{
	const struct app *archives = r->runtime.archives.items;

	if (r->runtime.python)
		feed(run, "python", r->runtime.python);
	if (r->runtime.node)
		feed(run, "node", r->runtime.node);
	for (size_t i = 0; i < r->runtime.archives.count; i++) {
		feed(run, "runtime", archives[i].name);
		feed(run, "url", archives[i].archive);
		feed(run, "path", archives[i].path);
		feed(run, "sha256", archives[i].sha256);
	}
}

struct digest lock_asked(const struct recipe *r, const char *const *packages, size_t package_count)
{
	struct digest_run *run = digest_start();
	const struct archive *archives = r->base.archives.items;
	const struct app *apps = r->apps.items;

	feed(run, "suite", r->base.suite);
	feed(run, "architecture", r->base.architecture);
	feed(run, "recommends", r->base.recommends ? "yes" : "no");
	if (!r->base.security)
		feed(run, "security", "no");
	if (r->tests && r->mode == MODE_PRODUCTION) /* in the other mode they are included anyway */
		feed(run, "tests", "yes");
	if (r->resolve == RESOLVE_NEWEST)
		feed(run, "resolve", "newest");
	for (size_t i = 0; i < r->base.archives.count; i++) {
		feed(run, "archive", archives[i].url);
		feed(run, "suite", archives[i].suite);
		feed_list(run, "components", &archives[i].components);
	}
	for (size_t i = 0; i < package_count; i++)
		feed(run, "package", packages[i]);
	for (size_t i = 0; i < r->apps.count; i++) {
		feed(run, "app", apps[i].name);
		feed(run, "git", apps[i].git);
		feed(run, "ref", apps[i].ref);
		if (apps[i].git && !apps[i].submodules)
			feed(run, "submodules", "no");
		feed(run, "tar", apps[i].sha256);
	}
	const struct app *overrides = r->overrides.items;
	for (size_t i = 0; i < r->overrides.count; i++) {
		feed(run, "override", overrides[i].name);
		feed(run, "git", overrides[i].git);
		feed(run, "ref", overrides[i].ref);
		feed(run, "tar", overrides[i].sha256);
	}
	feed_runtime(run, r);
	return digest_finish(run);
}

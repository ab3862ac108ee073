/* SPDX-License-Identifier: MIT */
#include "recipe/lock_change.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct app *app_of(const struct list *apps, const char *name)
{
	const struct app *all = apps->items;

	for (size_t i = 0; i < apps->count; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

/* The apps as of when the lock was made; the caller's to free. */
static struct app *apps_before(const struct lock *l)
{
	const char *const *names = l->order.items;
	struct app *apps = mem_array(l->order.count, sizeof *apps);

	for (size_t i = 0; i < l->order.count; i++) {
		const struct lock_app *row = lock_app_find(l, names[i]);
		apps[i] = row ? (struct app){ .name = names[i],
					      .git = row->git,
					      .ref = row->ref,
					      .submodules = row->submodules,
					      .sha256 = row->sha256 } :
				(struct app){ .name = names[i] };
	}
	return apps;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* NULL: nothing relevant. */
static const char *what_differs(const struct app *old, const struct app *now)
{
	if (!same(old->git, now->git))
		return old->git && now->git ? "has another address" :
		       now->git		    ? "comes from git now" :
		       now->sha256	    ? "comes from an archive now" :
					      "is a folder now";
	if (!same(old->ref, now->ref))
		return "has another ref";
	if (!same(old->sha256, now->sha256))
		return old->sha256 && now->sha256 ? "is another archive" :
		       now->sha256		  ? "comes from an archive now" :
						    "is a folder now";
	return now->git && old->submodules != now->submodules ? "takes its submodules otherwise" : NULL;
}

static void collect(const struct list *before, const struct list *now, struct lock_change_set *ret)
{
	const struct app *old = before->items, *apps = now->items;

	for (size_t i = 0; i < now->count; i++) {
		const struct app *was = app_of(before, apps[i].name);
		const char *what = was ? what_differs(was, &apps[i]) : "is new";
		if (what)
			VEC_PUSH(ret, (struct lock_change){ apps[i].name, what });
	}
	for (size_t i = 0; i < before->count; i++)
		if (!app_of(now, old[i].name))
			VEC_PUSH(ret, (struct lock_change){ old[i].name, "is gone" });
}

/* Compares the order of apps that both have. */
static bool same_order(const struct list *before, const struct list *now)
{
	const struct app *old = before->items, *apps = now->items;
	size_t k = 0;

	for (size_t i = 0; i < before->count; i++) {
		if (!app_of(now, old[i].name))
			continue;
		while (!app_of(before, apps[k].name))
			k++;
		if (strcmp(old[i].name, apps[k++].name))
			return false;
	}
	return true;
}

bool lock_change_list(const struct lock *l, const struct recipe *r, const char *const *packages,
		      size_t package_count, struct lock_change_set *ret)
{
	AUTO_FREE struct app *apps = apps_before(l);
	struct recipe before = *r;

	*ret = (struct lock_change_set){ 0 };
	before.apps = (struct list){ apps, l->order.count };
	struct digest asked = lock_asked(&before, packages, package_count);
	if (!l->order.count || !digest_equal(&asked, &l->asked) || !same_order(&before.apps, &r->apps))
		return false;
	collect(&before.apps, &r->apps, ret);
	return true;
}

const struct lock_change *lock_change_find(const struct lock_change_set *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->items[i].name, name))
			return &all->items[i];
	return NULL;
}

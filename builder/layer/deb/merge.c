/* SPDX-License-Identifier: MIT */
#include "layer/deb/merge.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "layer/deb/usrmerge.h"

/* One package's entry for a path. */
struct claim {
	const char *path;	   /* final path */
	const struct entry *entry; /* from the pack, or ours (the merged-/usr links) */
	const struct entry *file;  /* the entry with the bytes: entry itself, or the target of a hard link */
	size_t package;		   /* index, or NOBODY */
	size_t place;		   /* index in the pack */
};

#define NOBODY SIZE_MAX

/* A file with several names, and the name under which it was added. */
struct shared {
	const struct entry *file;
	const char *path;
};

struct merge {
	const struct merge_request *request;
	struct arena arena;
	struct tree links; /* for the merged-/usr layout */
	struct {
		struct claim *items;
		size_t count, room;
	} claims, winners;
	struct {
		struct shared *items;
		size_t count, room;
	} shared;
	bool **lost;
};

static int by_path(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = tree_compare(x->path, y->path);

	if (!order)
		order = (x->package != NOBODY) - (y->package != NOBODY);
	if (!order)
		order = (x->package > y->package) - (x->package < y->package);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static const struct entry *held_file(const struct tree *t, const struct entry *e)
{
	for (int hops = 0; e->kind == ENTRY_HARDLINK && hops < 8; hops++) {
		const struct entry *target = NULL;
		for (size_t i = 0; i < t->count && !target; i++)
			if (!strcmp(t->items[i].path, e->link))
				target = &t->items[i];
		if (!target)
			return NULL;
		e = target;
	}
	return e->kind == ENTRY_HARDLINK ? NULL : e;
}

/* A link there would redirect files that other packages put below it. */
static bool must_be_folder(const char *path)
{
	static const char *const paths[] = {
		"",
		"boot",
		"dev",
		"etc",
		"home",
		"media",
		"mnt",
		"opt",
		"proc",
		"root",
		"run",
		"srv",
		"sys",
		"tmp",
		"usr",
		"var",
		"usr/bin",
		"usr/lib",
		"usr/sbin",
		"usr/share",
		"var/cache",
		"var/lib",
		"var/lib/dpkg",
		"var/lib/dpkg/info",
		"var/log",
		"etc/alternatives",
		"etc/dpkg",
		"etc/ld.so.conf.d",
	};

	for (size_t i = 0; i < COUNT(paths); i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

static struct err *claim_package(struct merge *m, size_t package)
{
	const struct installed *p = &m->request->packages[package];
	const struct tree *t = &p->pack->tree;

	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i], *file = held_file(t, e);
		if (!file)
			return err_new(ERR_BUILD,
				       "package %s: /%s is a hard link to /%s, which it does not hold",
				       p->name, e->path, e->link);
		if (e->kind != ENTRY_FOLDER && must_be_folder(e->path))
			return err_new(ERR_BUILD,
				       "package %s: it ships /%s as a %s, and that is a folder in every "
				       "image: leave the package out",
				       p->name, e->path, e->kind == ENTRY_SYMLINK ? "link" : "file");
		if (file != e)
			VEC_PUSH(&m->shared, (struct shared){ file, NULL });
		VEC_PUSH(&m->claims, (struct claim){ e->path, e, file, package, i });
	}
	return NULL;
}

static const char *package_name(const struct merge *m, const struct claim *c)
{
	return c->package == NOBODY ? "the merged-/usr layout" : m->request->packages[c->package].name;
}

static struct err *conflict(const struct merge *m, const struct claim *a, const struct claim *b)
{
	bool a_folder = a->entry->kind == ENTRY_FOLDER, b_folder = b->entry->kind == ENTRY_FOLDER;

	if (a_folder != b_folder)
		return err_new(ERR_BUILD,
			       "/%s is a folder in package %s and none in package %s: leave one of them out",
			       a->path, package_name(m, a_folder ? a : b), package_name(m, a_folder ? b : a));
	return err_new(ERR_BUILD,
		       "/%s is in package %s and in package %s, and neither Replaces the other: leave one of "
		       "them out",
		       a->path, package_name(m, a), package_name(m, b));
}

static bool yields(const struct merge *m, const struct claim *loser, const struct claim *winner)
{
	const struct installed *p = m->request->packages;

	if (loser->package == winner->package)
		return loser < winner;
	if (loser->package == NOBODY || winner->package == NOBODY)
		return false;
	bool forth = installed_replaces(&p[winner->package], &p[loser->package]);
	bool back = installed_replaces(&p[loser->package], &p[winner->package]);
	return forth && (!back || loser < winner);
}

static void lose(struct merge *m, const struct claim *c)
{
	if (c->package != NOBODY)
		m->lost[c->package][c->place] = true;
}

static size_t group_of(const struct merge *m, const struct claim *c)
{
	return c->package == NOBODY ? 0 : m->request->packages[c->package].group;
}

/* Picks the winner among the claims of one path, in the order of the packages. */
static struct err *settle(struct merge *m, const struct claim *claims, size_t count, const struct claim **ret)
{
	const struct claim *best = claims;

	for (size_t i = 1; i < count; i++) {
		const struct claim *c = &claims[i];
		bool folder = c->entry->kind == ENTRY_FOLDER, best_folder = best->entry->kind == ENTRY_FOLDER;
		if (folder && best_folder && group_of(m, c) < group_of(m, best))
			best = c;
		if (folder && (best_folder || best->entry->kind == ENTRY_SYMLINK))
			continue; /* a link to a folder is also fine */
		if (best_folder && c->entry->kind == ENTRY_SYMLINK) {
			best = c;
		} else if (folder || best_folder) {
			return conflict(m, best, c);
		} else if (yields(m, best, c)) {
			lose(m, best);
			best = c;
		} else if (yields(m, c, best)) {
			lose(m, c);
		} else {
			return conflict(m, best, c);
		}
	}
	*ret = best;
	return NULL;
}

/* Moves claims below a link to its target; true if any moved. */
static bool follow_links(struct merge *m)
{
	const struct claim *link = NULL;
	bool moved = false;

	for (size_t i = 0; i < m->claims.count; i++) {
		struct claim *c = &m->claims.items[i];
		if (link && strcmp(c->path, link->path) && tree_within(c->path, link->path)) {
			c->path = usrmerge_follow(&m->arena, link->path, link->entry->link, c->path);
			moved = true;
		} else if (c->entry->kind == ENTRY_SYMLINK) {
			link = c;
		}
	}
	return moved;
}

static struct err *collect(struct merge *m)
{
	const struct merge_request *r = m->request;

	usrmerge_make(r->packages, r->count, r->architecture, r->epoch, &m->links);
	for (size_t i = 0; i < m->links.count; i++) {
		const struct entry *e = &m->links.items[i];
		VEC_PUSH(&m->claims, (struct claim){ e->path, e, e, NOBODY, i });
	}
	for (size_t i = 0; i < r->count; i++)
		TRY(claim_package(m, i));
	for (int round = 0; round < 8; round++) {
		qsort(m->claims.items, m->claims.count, sizeof *m->claims.items, by_path);
		if (!follow_links(m))
			return NULL;
	}
	return err_new(ERR_BUILD, "links of the packages lead to one another in a circle");
}

static struct err *choose(struct merge *m)
{
	const struct claim *all = m->claims.items, *winner = NULL;

	for (size_t i = 0, n; i < m->claims.count; i += n) {
		for (n = 1; i + n < m->claims.count && !strcmp(all[i].path, all[i + n].path);)
			n++;
		TRY(settle(m, all + i, n, &winner));
		VEC_PUSH(&m->winners, *winner);
	}
	return NULL;
}

bool merge_excluded(const char *const *globs, const char *path)
{
	if (!globs || !*globs)
		return false;
	AUTO_FREE char *absolute = mem_printf("/%s", path);
	if (!fnmatch("/usr/share/doc/*/copyright", absolute, 0))
		return false;
	for (; *globs; globs++)
		if (!fnmatch(*globs, absolute, 0))
			return true;
	return false;
}

static int find_path(const void *path, const void *claim)
{
	return tree_compare(path, ((const struct claim *)claim)->path);
}

static void pour_entry(const struct merge *m, struct tree *t, struct entry e, const char *path)
{
	e.path = path;
	e.mtime = e.mtime > m->request->epoch ? m->request->epoch : e.mtime;
	tree_add(t, &e);
}

/* Adds the folders above a kept path, whatever a glob or a package left out. The tree grows in order, so its
 * last entry shows which exist already. */
static void pour_parents(const struct merge *m, struct tree *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = slash ? mem_ndup(path, (size_t)(slash - path)) : mem_dup("");

	if (!*path || (t->count && tree_within(t->items[t->count - 1].path, folder)))
		return;
	const struct claim *c = bsearch(folder, m->winners.items, m->winners.count, sizeof *c, find_path);
	pour_parents(m, t, folder);
	pour_entry(m, t,
		   c ? *c->entry :
		       (struct entry){ .kind = ENTRY_FOLDER, .mode = 0755, .mtime = m->request->epoch },
		   folder);
}

static void pour_claim(struct merge *m, struct tree *t, const struct claim *c)
{
	struct entry e = *c->file;

	pour_parents(m, t, c->path);
	for (size_t i = 0; i < m->shared.count; i++) {
		struct shared *s = &m->shared.items[i];
		if (s->file != c->file)
			continue;
		if (s->path)
			e = (struct entry){ .kind = ENTRY_HARDLINK,
					    .link = s->path,
					    .mode = e.mode,
					    .uid = e.uid,
					    .gid = e.gid,
					    .mtime = e.mtime };
		else
			s->path = c->path;
		break;
	}
	pour_entry(m, t, e, c->path);
}

static void pour_groups(struct merge *m, struct tree *groups)
{
	for (size_t i = 0; i < m->winners.count; i++) {
		const struct claim *c = &m->winners.items[i];
		if (!*c->path || !merge_excluded(m->request->exclude, c->path))
			pour_claim(m, &groups[group_of(m, c)], c);
	}
}

struct err *merge_packages(const struct merge_request *r, struct merge_result *ret)
{
	struct merge m = { .request = r, .lost = mem_array(r->count, sizeof *m.lost) };

	for (size_t i = 0; i < r->count; i++)
		m.lost[i] = mem_array(r->packages[i].pack->tree.count, sizeof **m.lost);
	struct merge_result result = { .lost = m.lost, .group_count = r->group_count, .count = r->count };
	result.groups = mem_array(r->group_count, sizeof *result.groups);
	struct err *e = collect(&m);
	if (!e)
		e = choose(&m);
	if (!e)
		pour_groups(&m, result.groups);
	free(m.claims.items);
	free(m.winners.items);
	free(m.shared.items);
	tree_done(&m.links);
	arena_done(&m.arena);
	if (e)
		merge_done(&result);
	else
		*ret = result;
	return e;
}

void merge_done(struct merge_result *r)
{
	for (size_t i = 0; i < r->group_count; i++)
		tree_done(&r->groups[i]);
	for (size_t i = 0; i < r->count; i++)
		free(r->lost[i]);
	free(r->groups);
	free(r->lost);
	*r = (struct merge_result){ 0 };
}

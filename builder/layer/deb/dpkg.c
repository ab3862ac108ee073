/* SPDX-License-Identifier: MIT */
#include "layer/deb/dpkg.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define HOME "var/lib/dpkg/"

static void add_file(struct tree *t, const char *path, uint32_t mode, int64_t mtime, const char *bytes,
		     size_t len)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = mode,
				     .mtime = mtime,
				     .size_bytes = len,
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

static void add_text(struct tree *t, const char *path, int64_t mtime, const struct text *text)
{
	add_file(t, path, 0644, mtime, text->len ? text->bytes : "", text->len);
}

/* Lists the files that a package owns, as named in its archive: not one that another package replaced, but
 * one that a glob left out. */
static void write_list(const struct cached_package *p, const bool *lost, struct text *out)
{
	for (size_t i = 0; i < p->tree.count; i++)
		if (!lost[i])
			text_printf(out, "/%s\n", *p->tree.items[i].path ? p->tree.items[i].path : ".");
}

static void add_info(const struct dpkg_request *r, size_t i, struct tree *group)
{
	const struct installed *p = &r->packages[i];
	AUTO_FREE char *list = mem_printf(HOME "info/%s.list", p->info);
	AUTO_TEXT struct text names = { 0 };

	for (size_t k = 0; k < p->pack->member_count; k++) {
		const struct cached_package_member *m = &p->pack->members[k];
		AUTO_FREE char *path = mem_printf(HOME "info/%s.%s", p->info, m->name);
		if (strcmp(m->name, "control"))
			add_file(group, path, m->mode & 0777, TREE_TIME, m->bytes, m->len);
	}
	write_list(p->pack, r->merged->lost[i], &names);
	add_text(group, list, TREE_TIME, &names);
}

/* Makes later runs of dpkg in the image leave out the same files as this build. */
static void add_excludes(const struct dpkg_request *r, struct tree *group)
{
	AUTO_TEXT struct text rules = { 0 };

	for (const char *const *glob = r->exclude; glob && *glob; glob++)
		text_printf(&rules, "path-exclude=%s\n", *glob);
	if (!rules.len)
		return;
	text_put(&rules, "path-include=/usr/share/doc/*/copyright\n");
	add_text(group, "etc/dpkg/dpkg.cfg.d/mkbench", TREE_TIME, &rules);
}

void dpkg_info(const struct dpkg_request *r, struct tree *groups)
{
	for (size_t i = r->first; i < r->count; i++)
		add_info(r, i, &groups[r->packages[i].group]);
	if (!r->first) {
		add_file(&groups[0], HOME "info/format", 0644, TREE_TIME, "1\n", 2);
		add_excludes(r, &groups[0]);
	}
	for (size_t g = 0; g < r->merged->group_count; g++)
		tree_add_parents(&groups[g], NULL, TREE_TIME);
}

static void write_stanza(const struct installed *p, struct text *out)
{
	const char *newline = memchr(p->stanza.at, '\n', p->stanza.len);
	size_t first = newline ? (size_t)(newline - p->stanza.at) + 1 : p->stanza.len;
	bool any = false;

	text_add(out, p->stanza.at, first);
	text_put(out, newline ? "Status: install ok unpacked\n" : "\nStatus: install ok unpacked\n");
	text_add(out, p->stanza.at + first, p->stanza.len - first);
	text_put(out, "\n");
	for (size_t i = 0; i < p->pack->conffile_count; i++) {
		const struct cached_package_conffile *c = &p->pack->conffiles[i];
		if (*c->md5)
			text_printf(out, "%s /%s %s\n", any ? "" : "Conffiles:\n", c->path, c->md5);
		any |= *c->md5 != '\0';
	}
	text_put(out, "\n");
}

/* Packages whose triggers file has a line "interest NAME". */
struct interest {
	const char *name; /* a path or a trigger's own name */
	const char *package;
	bool noawait;
};

struct interests {
	struct arena arena;
	struct interest *items;
	size_t count, room;
};

static bool is_trigger_name(const char *name)
{
	return *name == '/' || (*name && *name != '.' && !strchr(name, '/') && strcmp(name, "File") &&
				strcmp(name, "Unincorp") && strcmp(name, "Lock"));
}

static struct err *read_interests(const struct installed *p, struct interests *ret)
{
	static const struct {
		const char *word;
		bool noawait;
	} kinds[] = { { "interest", false }, { "interest-await", false }, { "interest-noawait", true } };
	const struct cached_package_member *m = cached_package_member(p->pack, "triggers");
	struct slice text = { m ? m->bytes : "", m ? m->len : 0 }, line, word, name;

	while (installed_line(&text, &line)) {
		control_word(&line, &word);
		for (size_t i = 0; i < COUNT(kinds); i++) {
			if (!control_is(word, kinds[i].word))
				continue;
			control_word(&line, &name);
			const char *own = arena_dup(&ret->arena, name.at, name.len);
			if (!is_trigger_name(own))
				return err_new(ERR_BUILD, "package %s: '%s' cannot name a trigger", p->name,
					       own);
			VEC_PUSH(ret, (struct interest){ own, p->info, kinds[i].noawait });
			break;
		}
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct interest *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->package, y->package);
}

/* Paths share one file with lines "PATH PACKAGE"; a named trigger has its own file. */
static void add_triggers(const struct interests *all, int64_t mtime, struct tree *ret)
{
	AUTO_TEXT struct text paths = { 0 }, named = { 0 };

	for (size_t i = 0; i < all->count; i++) {
		const struct interest *t = &all->items[i];
		const char *suffix = t->noawait ? "/noawait" : "";
		if (*t->name == '/') {
			text_printf(&paths, "%s %s%s\n", t->name, t->package, suffix);
			continue;
		}
		text_printf(&named, "%s%s\n", t->package, suffix);
		if (i + 1 == all->count || strcmp(t->name, all->items[i + 1].name)) {
			AUTO_FREE char *path = mem_printf(HOME "triggers/%s", t->name);
			add_text(ret, path, mtime, &named);
			named.len = 0;
		}
	}
	add_text(ret, HOME "triggers/File", mtime, &paths);
	add_file(ret, HOME "triggers/Unincorp", 0644, mtime, "", 0);
}

static struct err *collect_triggers(const struct dpkg_request *r, struct tree *ret)
{
	struct interests all = { 0 };
	struct err *e = NULL;

	for (size_t i = 0; !e && i < r->count; i++)
		e = read_interests(&r->packages[i], &all);
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, by_name);
	if (!e)
		add_triggers(&all, r->epoch, ret);
	free(all.items);
	arena_done(&all.arena);
	return e;
}

struct err *dpkg_state(const struct dpkg_request *r, struct tree *ret)
{
	static const char *const empty[] = { "available", "diversions", "statoverride" };
	AUTO_TEXT struct text status = { 0 };
	AUTO_FREE char *arch = mem_printf("%s\n", r->architecture);

	if (r->status)
		text_printf(&status, "%s\n", r->status);
	for (size_t i = r->first; i < r->count; i++)
		write_stanza(&r->packages[i], &status);
	add_text(ret, HOME "status", r->epoch, &status);
	for (size_t i = 0; !r->status && i < COUNT(empty); i++) {
		AUTO_FREE char *path = mem_printf(HOME "%s", empty[i]);
		add_file(ret, path, 0644, r->epoch, "", 0);
	}
	add_file(ret, HOME "arch", 0644, r->epoch, arch, strlen(arch));
	TRY(collect_triggers(r, ret));
	tree_sort(ret);
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "layer/deb/merge.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "t.h"

#define PACKAGES 4

struct world {
	struct cached_package packs[PACKAGES];
	struct cached_package_member control[PACKAGES];
	struct installed packages[PACKAGES];
	struct arena arena;
	size_t count;
};

/* files: "path" a file, "path/" a folder, "path>target" a symlink, "path=target" a hard link. */
static void add(struct world *w, const char *name, size_t group, const char *more, const char *const *files)
{
	struct cached_package *p = &w->packs[w->count];
	struct cached_package_member *m = &w->control[w->count];
	AUTO_FREE char *text = mem_printf("Package: %s\nVersion: 1.0\nArchitecture: amd64\n%s", name, more);

	*m = (struct cached_package_member){ "control", 0644, arena_dup(&w->arena, text, strlen(text)),
					     strlen(text) };
	p->members = m;
	p->member_count = 1;
	for (; *files; files++) {
		AUTO_FREE char *path = mem_dup(*files);
		size_t len = strcspn(path, "/>="), all = strlen(path);
		while (path[len] == '/' && len + 1 < all)
			len += 1 + strcspn(path + len + 1, "/>=");
		char mark = path[len];
		path[len] = '\0';
		struct entry e = {
			.path = path,
			.kind = mark == '/' ? ENTRY_FOLDER :
				mark == '>' ? ENTRY_SYMLINK :
				mark == '=' ? ENTRY_HARDLINK :
					      ENTRY_FILE,
			.mode = 0644,
			.mtime = 50,
			.link = mark == '>' || mark == '=' ? path + len + 1 : NULL,
		};
		if (e.kind == ENTRY_FILE)
			e.content = (struct content){ .kind = CONTENT_PACK, .pack = p };
		tree_add(&p->tree, &e);
	}
	struct err *e = installed_read(&w->arena, p, group, &w->packages[w->count++]);
	ok(!e);
}

static struct err *run(struct world *w, const char *const *exclude, struct merge_result *ret)
{
	struct merge_request r = { w->packages, w->count, 2, "amd64", exclude, 40 };

	return merge_packages(&r, ret);
}

static void shows(const struct tree *t, const char *want)
{
	AUTO_TEXT struct text out = { 0 };

	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		text_printf(&out, "%s%s%s%s", i ? " " : "", e->path,
			    e->kind == ENTRY_FOLDER   ? "/" :
			    e->kind == ENTRY_SYMLINK  ? ">" :
			    e->kind == ENTRY_HARDLINK ? "=" :
							"",
			    e->link ? e->link : "");
	}
	is(out.bytes, want);
}

static void done(struct world *w, struct merge_result *r)
{
	if (r)
		merge_done(r);
	for (size_t i = 0; i < w->count; i++)
		tree_done(&w->packs[i].tree);
	arena_done(&w->arena);
}

#define FILES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A package that joins a later group leaves the folders of an earlier one as they were. */
static void folders_of_groups(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "base-files", 0, "", FILES("/", "lib>usr/lib"));
	add(&w, "early", 1, "", FILES("etc/", "etc/x/", "etc/x/early"));
	add(&w, "later", 0, "", FILES("etc/", "etc/x/", "etc/x/later"));
	w.packs[1].tree.items[1].mtime = 30;
	w.packs[2].tree.items[1].mtime = 20;
	ok(!run(&w, NULL, &r));
	shows(&r.groups[0], "/ etc/ etc/x/ etc/x/later lib>usr/lib");
	shows(&r.groups[1], "/ etc/ etc/x/ etc/x/early");
	ok(r.groups[0].items[2].mtime == 20);
	ok(r.groups[1].items[2].mtime == 20);
	done(&w, &r);
}

static void aliases(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "base-files", 0, "", FILES("/", "usr/", "usr/bin/", "lib>usr/lib", "bin>usr/bin"));
	add(&w, "a", 1, "",
	    FILES("lib/", "lib/x/", "lib/x/so", "bin/", "bin/tool", "usr/bin/other=bin/tool"));
	ok(!run(&w, NULL, &r));
	shows(&r.groups[0], "/ bin>usr/bin lib>usr/lib usr/ usr/bin/");
	shows(&r.groups[1],
	      "/ usr/ usr/bin/ usr/bin/other usr/bin/tool=usr/bin/other usr/lib/ usr/lib/x/ usr/lib/x/so");
	ok(r.groups[1].items[3].mtime == 40);
	done(&w, &r);
}

static void made_links(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "", FILES("/", "lib/", "lib/x"));
	ok(!run(&w, NULL, &r));
	shows(&r.groups[0], "/ bin>usr/bin lib>usr/lib lib64>usr/lib64 sbin>usr/sbin "
			    "usr/ usr/bin/ usr/lib/ usr/lib/x usr/lib64/ usr/sbin/");
	done(&w, &r);
}

static void links_to_folders(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "", FILES("lib>usr/lib", "var/", "var/run>/run", "var/run/a"));
	add(&w, "b", 0, "", FILES("var/", "var/run/", "var/run/b/", "var/run/b/c"));
	ok(!run(&w, NULL, &r));
	shows(&r.groups[0], "/ lib>usr/lib run/ run/a run/b/ run/b/c var/ var/run>/run");
	done(&w, &r);
}

static void conflicts(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "", FILES("lib>usr/lib", "bin>usr/bin", "bin/x"));
	add(&w, "b", 0, "", FILES("usr/bin/x"));
	struct err *e = run(&w, NULL, &r);
	AUTO_FREE char *text = e ? err_text(e) : NULL;
	is(text, "/usr/bin/x is in package a and in package b, and neither Replaces the other: leave one of "
		 "them out");
	ok(err_kind(e) == ERR_BUILD);
	err_free(e);
	done(&w, NULL);
}

static void odd_folders(void)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{ "etc>usr/etc", "package b: it ships /etc as a link, and that is a folder in every image: "
				 "leave the package out" },
		{ "usr/bin>../tmp", "package b: it ships /usr/bin as a link, and that is a folder in every "
				    "image: leave the package out" },
		{ "var", "package b: it ships /var as a file, and that is a folder in every image: leave the "
			 "package out" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world w = { 0 };
		struct merge_result r;
		add(&w, "a", 0, "", FILES("lib>usr/lib", "x"));
		add(&w, "b", 0, "", FILES(cases[i].file));
		struct err *e = run(&w, NULL, &r);
		AUTO_FREE char *text = e ? err_text(e) : NULL;
		is(text, cases[i].want);
		err_free(e);
		done(&w, NULL);
	}
}

static void replaces(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "Replaces: z, b (<< 2)\n", FILES("lib>usr/lib", "x", "y"));
	add(&w, "b", 1, "", FILES("x", "z"));
	ok(!run(&w, NULL, &r));
	shows(&r.groups[0], "/ lib>usr/lib x y");
	shows(&r.groups[1], "/ z");
	ok(r.lost[1][0] && !r.lost[1][1] && !r.lost[0][1]);
	ok(r.groups[0].items[2].content.pack == &w.packs[0]);
	done(&w, &r);
}

static void replaces_another_version(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "Replaces: b (<< 1)\n", FILES("lib>usr/lib", "x"));
	add(&w, "b", 1, "", FILES("x"));
	struct err *e = run(&w, NULL, &r);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	done(&w, NULL);
}

static void excludes(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "",
	    FILES("lib>usr/lib", "usr/share/doc/", "usr/share/doc/a/", "usr/share/doc/a/copyright",
		  "usr/share/doc/a/NEWS", "usr/share/man/", "usr/share/man/man1/", "usr/share/man/man1/a.1"));
	ok(!run(&w, FILES("/usr/share/doc/*", "/usr/share/man/*"), &r));
	shows(&r.groups[0], "/ lib>usr/lib usr/ usr/share/ usr/share/doc/ usr/share/doc/a/ "
			    "usr/share/doc/a/copyright usr/share/man/");
	ok(!r.lost[0][4]); /* dpkg keeps what was excluded in its lists */
	done(&w, &r);
}

static void circles(void)
{
	struct world w = { 0 };
	struct merge_result r;

	add(&w, "a", 0, "", FILES("lib>usr/lib", "x>y", "y>x"));
	add(&w, "b", 0, "", FILES("x/", "x/f"));
	struct err *e = run(&w, NULL, &r);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	done(&w, NULL);
}

int main(void)
{
	aliases();
	folders_of_groups();
	made_links();
	links_to_folders();
	conflicts();
	odd_folders();
	replaces();
	replaces_another_version();
	excludes();
	circles();
	return t_done();
}

/* SPDX-License-Identifier: MIT */
#include "layer/deb/dpkg.h"

#include <stdlib.h>

#include "base/mem.h"
#include "layer/deb/predepends.h"
#include "t.h"

static struct cached_package_member control[3], triggers[3];
static struct cached_package packs[3];
static struct installed packages[3];
static struct arena arena;

static void package(size_t i, const char *text, const char *interests)
{
	static struct cached_package_member both[3][2];

	control[i] = (struct cached_package_member){ "control", 0644, text, strlen(text) };
	triggers[i] = (struct cached_package_member){ "triggers", 0644, interests, strlen(interests) };
	both[i][0] = control[i];
	both[i][1] = triggers[i];
	packs[i].members = both[i];
	packs[i].member_count = 2;
	tree_add(&packs[i].tree, &(struct entry){ .path = "", .kind = ENTRY_FOLDER, .mode = 0755 });
	tree_add(&packs[i].tree, &(struct entry){ .path = "usr", .kind = ENTRY_FOLDER, .mode = 0755 });
	AUTO_FREE char *own = mem_printf("usr/%zu", i);
	tree_add(&packs[i].tree,
		 &(struct entry){ .path = own, .kind = ENTRY_SYMLINK, .mode = 0777, .link = "x" });
	struct err *e = installed_read(&arena, &packs[i], 0, &packages[i]);
	ok(!e);
	err_free(e);
}

static const char *text_of(const struct tree *t, const char *path)
{
	const struct entry *e = tree_find(t, path);

	return e && e->content.kind == CONTENT_MEMORY ? e->content.bytes : "(absent)";
}

static void writes(const struct dpkg_request *r)
{
	struct tree state = { 0 };
	struct err *e = dpkg_state(r, &state);

	ok(!e);
	is(text_of(&state, "var/lib/dpkg/status"),
	   "Package: a\nStatus: install ok unpacked\nVersion: 1\nArchitecture: all\nDescription: a\n "
	   "more\nConffiles:\n"
	   " /etc/a.conf 0123456789abcdef0123456789abcdef\n\n"
	   "Package: libb\nStatus: install ok unpacked\nVersion: 2\nArchitecture: amd64\nMulti-Arch: "
	   "same\nPre-Depends: c\n\n"
	   "Package: c\nStatus: install ok unpacked\nVersion: 3\nArchitecture: all\nDepends: a | zzz\n\n");
	is(text_of(&state, "var/lib/dpkg/triggers/File"),
	   "/usr/lib/x libb:amd64/noawait\n/usr/share/man a\n");
	is(text_of(&state, "var/lib/dpkg/triggers/ldconfig"), "a\nlibb:amd64/noawait\n");
	is(text_of(&state, "var/lib/dpkg/triggers/Unincorp"), "");
	is(text_of(&state, "var/lib/dpkg/arch"), "amd64\n");
	is(text_of(&state, "var/lib/dpkg/diversions"), "");
	tree_done(&state);
}

static void lists(const struct dpkg_request *r, struct tree *group)
{
	dpkg_info(r, group);
	is(text_of(group, "var/lib/dpkg/info/a.list"), "/.\n/usr\n/usr/0\n");
	is(text_of(group, "var/lib/dpkg/info/libb:amd64.list"), "/.\n/usr\n");
	is(text_of(group, "var/lib/dpkg/info/a.triggers"),
	   "interest ldconfig\ninterest /usr/share/man # pages\n");
	ok(!tree_find(group, "var/lib/dpkg/info/a.control"));
	is(text_of(group, "etc/dpkg/dpkg.cfg.d/mkbench"),
	   "path-exclude=/usr/share/man/*\npath-include=/usr/share/doc/*/copyright\n");
	ok(tree_find(group, "var/lib/dpkg") != NULL);
}

static void refuses_trigger_names(struct dpkg_request r)
{
	struct tree state = { 0 };

	package(0, "Package: a\nVersion: 1\nArchitecture: all\n", "interest ../../../etc/passwd\n");
	struct err *e = dpkg_state(&r, &state);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	tree_done(&state);
}

static void refuses_package_names(void)
{
	static const char *const bad[] = { "../a", "a/b", "A", "", "a b" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO_FREE char *text = mem_printf("Package: %s\nVersion: 1\nArchitecture: all\n", bad[i]);
		struct cached_package_member m = { "control", 0644, text, strlen(text) };
		struct cached_package p = { .members = &m, .member_count = 1 };
		struct installed ret;
		struct err *e = installed_read(&arena, &p, 0, &ret);
		ok(e && err_kind(e) == ERR_BUILD);
		err_free(e);
	}
}

static void early(void)
{
	bool marks[3];
	struct err *e = predepends_mark(packages, 3, marks);

	ok(!e);
	ok(marks[0] && !marks[1] && marks[2]); /* libb needs c before it is unpacked, c needs a */
}

int main(void)
{
	struct tree group = { 0 };
	bool mine[] = { false, false, false }, lost[] = { false, false, true };
	bool *all[] = { mine, lost, mine };
	struct merge_result merged = { .groups = &group, .lost = all, .group_count = 1, .count = 3 };
	struct cached_package_conffile conffile = { "etc/a.conf", "0123456789abcdef0123456789abcdef" };
	static const char *const exclude[] = { "/usr/share/man/*", NULL };
	const struct dpkg_request r = {
		.packages = packages,
		.count = 3,
		.merged = &merged,
		.architecture = "amd64",
		.exclude = exclude,
		.epoch = 5,
	};

	package(0, "Package: a\nVersion: 1\nArchitecture: all\nDescription: a\n more\n",
		"interest ldconfig\ninterest /usr/share/man # pages\n");
	package(1, "Package: libb\nVersion: 2\nArchitecture: amd64\nMulti-Arch: same\nPre-Depends: c",
		"# none\ninterest-noawait ldconfig\ninterest-noawait /usr/lib/x\nactivate ldconfig\n");
	package(2, "Package: c\nVersion: 3\nArchitecture: all\nDepends: a | zzz\n", "");
	packs[0].conffiles = &conffile;
	packs[0].conffile_count = 1;
	writes(&r);
	lists(&r, &group);
	early();
	refuses_trigger_names(r);
	refuses_package_names();
	tree_done(&group);
	for (size_t i = 0; i < 3; i++)
		tree_done(&packs[i].tree);
	arena_done(&arena);
	return t_done();
}

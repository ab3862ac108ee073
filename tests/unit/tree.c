/* SPDX-License-Identifier: MIT */
#include "tree/tree.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "says.h"

static void add(struct tree *t, int kind, const char *path, const char *more)
{
	struct entry e = { .path = path, .kind = (uint8_t)kind, .mode = kind == ENTRY_FOLDER ? 0755 : 0644 };

	if (kind == ENTRY_FILE) {
		e.content.kind = CONTENT_MEMORY;
		e.content.bytes = more;
		e.size_bytes = strlen(more);
	} else {
		e.link = more;
	}
	tree_add(t, &e);
}

/* "path=bytes path->link path/": a tree as one line. */
static char *shown(const struct tree *t)
{
	struct text out = { 0 };

	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		text_printf(&out, "%s%s", i ? " " : "", e->path);
		if (e->kind == ENTRY_FILE)
			text_printf(&out, "=%.*s", (int)e->size_bytes, (const char *)e->content.bytes);
		else if (e->kind == ENTRY_FOLDER)
			text_put(&out, "/");
		else
			text_printf(&out, "%s%s", e->kind == ENTRY_HARDLINK ? "==" : "->",
				    e->link ? e->link : "");
	}
	return text_take(&out);
}

#define LOOKS(t, want)                         \
	do {                                   \
		AUTO_FREE char *s_ = shown(t); \
		is(s_, want);                  \
	} while (0)

static void sorts(void)
{
	struct tree t = { 0 };

	add(&t, ENTRY_FILE, "usr-local", "1");
	add(&t, ENTRY_FILE, "usr/bin/b", "2");
	add(&t, ENTRY_FOLDER, "usr", NULL);
	add(&t, ENTRY_FOLDER, "usr/bin", NULL);
	add(&t, ENTRY_FILE, "usr/bin/b", "3");
	add(&t, ENTRY_SYMLINK, "usr/bin/a", "b");
	tree_sort(&t);
	LOOKS(&t, "usr/ usr/bin/ usr/bin/a->b usr/bin/b=3 usr-local=1");
	ok(tree_find(&t, "usr/bin/b")->content.bytes != NULL);
	ok(!tree_find(&t, "usr/bin/c"));
	ok(tree_within("usr/bin", "usr") && tree_within("usr", "usr") && !tree_within("usr-local", "usr"));
	tree_done(&t);
}

static void links_follow_their_file(void)
{
	struct tree t = { 0 };

	add(&t, ENTRY_FILE, "perl5.36", "P");
	add(&t, ENTRY_HARDLINK, "perl", "perl5.36");
	add(&t, ENTRY_HARDLINK, "a", "perl");
	add(&t, ENTRY_HARDLINK, "z", "perl5.36");
	tree_sort(&t);
	LOOKS(&t, "a=P perl==a perl5.36==a z==a");
	tree_done(&t);
}

static void merges(void)
{
	struct tree low = { 0 }, high = { 0 }, ret = { 0 };

	add(&low, ENTRY_FOLDER, "etc", NULL);
	add(&low, ENTRY_FILE, "etc/a", "1");
	add(&low, ENTRY_FILE, "etc/b", "1");
	add(&low, ENTRY_FOLDER, "gone", NULL);
	add(&low, ENTRY_FILE, "gone/x", "1");
	add(&low, ENTRY_FOLDER, "new", NULL);
	add(&low, ENTRY_FILE, "new/old", "1");
	add(&low, ENTRY_FOLDER, "was", NULL);
	add(&low, ENTRY_FILE, "was/folder", "1");
	add(&high, ENTRY_FOLDER, "etc", NULL);
	add(&high, ENTRY_FILE, "etc/b", "2");
	add(&high, ENTRY_WHITEOUT, "gone", NULL);
	add(&high, ENTRY_OPAQUE, "new", NULL);
	add(&high, ENTRY_FILE, "new/own", "2");
	add(&high, ENTRY_SYMLINK, "was", "etc");
	tree_sort(&low);
	tree_sort(&high);
	tree_merge((const struct tree *[]){ &low, &high }, 2, &ret);
	LOOKS(&ret, "etc/ etc/a=1 etc/b=2 new/ new/own=2 was->etc");
	tree_done(&low);
	tree_done(&high);
	tree_done(&ret);
}

static void settles(void)
{
	struct tree below = { 0 }, first = { 0 }, second = { 0 }, ret[2] = { 0 }, all = { 0 };
	const struct tree *both[] = { &first, &second };

	add(&below, ENTRY_FOLDER, "etc", NULL);
	add(&below, ENTRY_FILE, "etc/a", "0");
	add(&below, ENTRY_FILE, "etc/b", "0");
	add(&below, ENTRY_FOLDER, "old", NULL);
	add(&below, ENTRY_FILE, "old/x", "0");
	add(&first, ENTRY_FOLDER, "etc", NULL);
	add(&first, ENTRY_WHITEOUT, "etc/a", NULL);
	add(&first, ENTRY_FOLDER, "modules", NULL);
	add(&first, ENTRY_FILE, "modules/kept", "1");
	add(&first, ENTRY_FOLDER, "modules/tool", NULL);
	add(&first, ENTRY_FILE, "modules/tool/x", "1");
	add(&first, ENTRY_FILE, "same", "1");
	add(&first, ENTRY_HARDLINK, "other", "same");
	add(&first, ENTRY_FILE, "modules/a.map", "1");
	add(&second, ENTRY_WHITEOUT, "modules/tool", NULL);
	add(&second, ENTRY_WHITEOUT, "etc/b", NULL);
	add(&second, ENTRY_OPAQUE, "old", NULL);
	add(&second, ENTRY_FILE, "old/y", "2");
	add(&second, ENTRY_FILE, "other", "2");
	tree_sort(&below);
	tree_sort(&first);
	tree_sort(&second);
	tree_settle(both, 2, &below, (const char *const[]){ "/modules/*.map", "/etc", NULL }, 7, ret);
	LOOKS(&ret[0], "/ etc/ etc/a-> etc/b-> modules/ modules/kept=1 old-> same=1");
	LOOKS(&ret[1], "/ old/ old/y=2 other=2");
	tree_merge((const struct tree *[]){ &below, &ret[0], &ret[1] }, 3, &all);
	LOOKS(&all, "/ etc/ modules/ modules/kept=1 old/ old/y=2 other=2 same=1");
	tree_done(&below);
	tree_done(&first);
	tree_done(&second);
	tree_done(&ret[0]);
	tree_done(&ret[1]);
	tree_done(&all);
}

static void merge_keeps_what_links_mean(void)
{
	struct tree low = { 0 }, high = { 0 }, ret = { 0 };

	add(&low, ENTRY_FILE, "a", "old");
	add(&low, ENTRY_HARDLINK, "b", "a");
	add(&low, ENTRY_HARDLINK, "c", "a");
	add(&high, ENTRY_FILE, "a", "new");
	tree_sort(&low);
	tree_sort(&high);
	tree_merge((const struct tree *[]){ &low, &high }, 2, &ret);
	LOOKS(&ret, "a=new b=old c==b");
	tree_done(&low);
	tree_done(&high);
	tree_done(&ret);
}

static void parents(void)
{
	struct tree t = { 0 }, like = { 0 };

	add(&t, ENTRY_FILE, "var/lib/dpkg/status", "");
	add(&t, ENTRY_FILE, "var/lib/dpkg/info/format", "1");
	add(&t, ENTRY_FILE, "var/lib/dpkg-new", "");
	add(&t, ENTRY_FOLDER, "etc", NULL);
	add(&like, ENTRY_FOLDER, "var/lib", NULL);
	like.items[0].mode = 0711;
	tree_sort(&like);
	tree_add_parents(&t, &like, 7);
	LOOKS(&t, "/ etc/ var/ var/lib/ var/lib/dpkg/ var/lib/dpkg/info/ var/lib/dpkg/info/format=1 "
		  "var/lib/dpkg/status= "
		  "var/lib/dpkg-new=");
	ok(tree_find(&t, "var/lib")->mode == 0711 && tree_find(&t, "var")->mode == 0755 &&
	   tree_find(&t, "var")->mtime == 7);
	tree_done(&t);
	tree_done(&like);
}

static struct digest digest_with(const char *bytes, int64_t mtime, uint32_t mode)
{
	struct tree t = { 0 };
	struct entry e = {
		.path = "f",
		.mode = mode,
		.mtime = mtime,
		.size_bytes = 1,
		.content = { .kind = CONTENT_MEMORY, .bytes = bytes },
	};

	tree_add(&t, &e);
	struct digest d = tree_digest(&t);
	tree_done(&t);
	return d;
}

static void digests(void)
{
	struct digest one = digest_with("1", 5, 0644), later = digest_with("1", 6, 0644);
	struct digest other = digest_with("2", 5, 0644), mode = digest_with("1", 5, 04644);

	ok(digest_equal(&one, &later));
	ok(!digest_equal(&one, &other));
	ok(!digest_equal(&one, &mode));
}

static int64_t date_of(uint8_t kind, const char *bytes, int64_t mtime, uint32_t mode)
{
	struct tree t = { 0 };

	tree_add(&t, &(struct entry){ .path = "f",
				      .kind = kind,
				      .mode = mode,
				      .mtime = mtime,
				      .size_bytes = strlen(bytes),
				      .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
	tree_date(&t);
	int64_t date = t.items[0].mtime;
	tree_done(&t);
	return date;
}

/* A file's time is its content's, whatever the clock said: what has the same size and
 * another content has another time. */
static void dates(void)
{
	ok(date_of(ENTRY_FILE, "1", 5, 0644) == date_of(ENTRY_FILE, "1", 1700000000, 0600));
	ok(date_of(ENTRY_FILE, "1", 5, 0644) != date_of(ENTRY_FILE, "2", 5, 0644));
	ok(date_of(ENTRY_FILE, "1", 5, 0644) >= TREE_TIME && date_of(ENTRY_FILE, "1", 5, 0644) < 1577836800);
	ok(date_of(ENTRY_FOLDER, "", 5, 0755) == TREE_TIME && date_of(ENTRY_WHITEOUT, "", 5, 0) == TREE_TIME);

	/* a digest that is known already, as of a file on disk, gives the time that the bytes give */
	struct tree t = { 0 };
	tree_add(&t, &(struct entry){ .path = "f",
				      .size_bytes = 1,
				      .sha256 = digest_of("1", 1),
				      .content = { .kind = CONTENT_DISK, .path = "/f" } });
	tree_date(&t);
	ok(t.items[0].mtime == date_of(ENTRY_FILE, "1", 5, 0644));
	tree_done(&t);
}

/* A name that leads elsewhere, whatever made it; and what may lie over what. */
static void checks(void)
{
	static const char *const bad[] = { "..", "a/..", "a/../b", "../a", ".", "a/./b", "/a", "a/", "a//b" };
	struct tree t = { 0 }, top = { 0 };

	tree_add(&t, &(struct entry){ .path = "", .kind = ENTRY_FOLDER });
	tree_add(&t, &(struct entry){ .path = "etc", .kind = ENTRY_FOLDER });
	tree_add(&t, &(struct entry){ .path = "etc/..a", .kind = ENTRY_FILE });
	tree_add(&t, &(struct entry){ .path = "bin", .kind = ENTRY_SYMLINK, .link = "../usr/bin" });
	ok(!tree_check(&t));
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct tree one = { 0 };
		tree_add(&one, &(struct entry){ .path = bad[i], .kind = ENTRY_FILE });
		AUTO_FREE char *want = mem_printf(
			"invalid path '/%s' in the image: it has '.', '..' or an empty part", bad[i]);
		ok(says(tree_check(&one), ERR_BUILD, want));
		tree_add(&one, &(struct entry){ .path = "b", .kind = ENTRY_HARDLINK, .link = bad[i] });
		one.items[0].path = "a";
		ok(says(tree_check(&one), ERR_BUILD, want));
		tree_done(&one);
	}
	struct tree two = { 0 };
	tree_add(&two, &(struct entry){ .path = "a/../\nb\t", .kind = ENTRY_FILE });
	ok(says(tree_check(&two), ERR_BUILD, "'/a/../?b?'"));
	tree_done(&two);
	tree_sort(&t);
	tree_add(&top, &(struct entry){ .path = "etc", .kind = ENTRY_FOLDER });
	tree_add(&top, &(struct entry){ .path = "etc/..a", .kind = ENTRY_SYMLINK, .link = "x" });
	ok(!tree_check_over(&top, &t));
	top.items[0].kind = ENTRY_FILE;
	ok(says(tree_check_over(&top, &t), ERR_BUILD,
		"/etc is a folder in the image, and a file would take its place"));
	top.items[0] = (struct entry){ .path = "bin", .kind = ENTRY_FOLDER };
	ok(says(tree_check_over(&top, &t), ERR_BUILD,
		"/bin is a link to ../usr/bin in the image, and a file would be placed below it"));
	top.items[0] = (struct entry){ .path = "etc/..a", .kind = ENTRY_FOLDER };
	ok(says(tree_check_over(&top, &t), ERR_BUILD,
		"/etc/..a is a file in the image, and other files would be placed below it"));
	tree_done(&top);
	tree_done(&t);
}

int main(void)
{
	sorts();
	links_follow_their_file();
	parents();
	merges();
	settles();
	merge_keeps_what_links_mean();
	digests();
	dates();
	checks();
	return t_done();
}

/* SPDX-License-Identifier: MIT */
#include "build/build_lookups.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

/* A few files of an app and its folder; where says what else is there, or there in place of them. */
static struct digest answer_with(const char *record, const struct entry *more)
{
	static const struct entry all[] = {
		{ .path = "app/hooks.py",
		  .kind = ENTRY_FILE,
		  .mode = 0644,
		  .content = { .kind = CONTENT_MEMORY, .bytes = "hooks" },
		  .size_bytes = 5 },
		{ .path = "app/types/one.json",
		  .kind = ENTRY_FILE,
		  .mode = 0644,
		  .content = { .kind = CONTENT_MEMORY, .bytes = "one" },
		  .size_bytes = 3 },
		{ .path = "app/public/desk.css",
		  .kind = ENTRY_FILE,
		  .mode = 0644,
		  .content = { .kind = CONTENT_MEMORY, .bytes = "red" },
		  .size_bytes = 3 },
		{ .path = "app/twin", .kind = ENTRY_HARDLINK, .link = "app/hooks.py" },
		{ .path = "assets", .kind = ENTRY_SYMLINK, .mode = 0777, .link = "app/public" },
	};
	struct tree t = { 0 };

	for (size_t i = 0; i < COUNT(all); i++)
		tree_add(&t, &all[i]);
	if (more)
		tree_add(&t, more);
	tree_add_parents(&t, NULL, 0);
	struct digest d = build_lookups_answer(record, &t);
	tree_done(&t);
	return d;
}

#define ASKED                                                                                   \
	"l /app/absent.py\no /app/hooks.py\no /app/types\no /app/types/one.json\nl /assets\nl " \
	"/data/sites/x\n"

static bool same(const char *record, const struct entry *more)
{
	struct digest a = answer_with(record, NULL), b = answer_with(record, more);

	return digest_equal(&a, &b);
}

static struct entry file(const char *path, const char *bytes)
{
	return (struct entry){ .path = path,
			       .kind = ENTRY_FILE,
			       .mode = 0644,
			       .size_bytes = strlen(bytes),
			       .content = { .kind = CONTENT_MEMORY, .bytes = bytes } };
}

static bool same_with(const char *path, const char *bytes)
{
	struct entry e = file(path, bytes);

	return same(ASKED, &e);
}

static void is_moved_by_what_was_asked_alone(void)
{
	struct entry link = { .path = "assets", .kind = ENTRY_SYMLINK, .mode = 0777, .link = "app/types" },
		     mode = file("app/hooks.py", "hooks");
	struct entry folder = { .path = "app/hooks.py", .kind = ENTRY_FOLDER, .mode = 0755 }, owner = mode,
		     above = { .path = "app", .kind = ENTRY_FOLDER, .mode = 0700 };

	ok(same_with("app/public/desk.css", "green"));
	ok(same_with("app/public/new.css", "x"));
	ok(same_with("other/thing", "x"));
	ok(!same_with("app/hooks.py", "other"));
	ok(!same_with("app/types/one.json", "two"));
	ok(!same_with("app/types/two.json", "two")); /* the folder was read */
	ok(!same_with("app/absent.py", ""));
	ok(!same(ASKED, &link));
	ok(!same(ASKED, &folder));
	ok(!same(ASKED, &above));
	mode.mode = 0755;
	ok(!same(ASKED, &mode));
	owner.uid = 1000;
	ok(!same(ASKED, &owner));
	struct entry time = file("app/hooks.py", "hooks");
	time.mtime = 77;
	ok(same(ASKED, &time));
}

static void follows_names_of_a_file(void)
{
	struct entry changed = file("app/hooks.py", "other");

	ok(!same("l /app/twin\n", &changed));
	ok(!same("o /app/hooks.py\n", &changed));
}

/* A folder on the way that becomes something else is another answer for what was not there in it. */
static void folders_above_count(void)
{
	struct entry link = { .path = "app/types", .kind = ENTRY_SYMLINK, .mode = 0777, .link = "public" };

	ok(!same("l /app/types/absent/file\n", &link));
	ok(!same("l /app/types/absent/file\n",
		 &(struct entry){ .path = "app/types/absent", .kind = ENTRY_FOLDER, .mode = 0755 }));
	ok(same("l /app/public/absent\n",
		&(struct entry){ .path = "app/types/absent", .kind = ENTRY_FOLDER, .mode = 0755 }));
	ok(!same("o /\n", &(struct entry){ .path = "new", .kind = ENTRY_FOLDER, .mode = 0755 }));
	ok(same("l /\n", &(struct entry){ .path = "new", .kind = ENTRY_FOLDER, .mode = 0755 }));
}

static void becomes_a_record(void)
{
	struct text record = { 0 };
	AUTO_FREE char *why = NULL;

	ok(build_lookups_record("l /b\no /a\nl /a\no /a\nl /b\n", &record, &why) &&
	   !strcmp(record.bytes, "o /a\nl /b\n"));
	text_done(&record);
	ok(!build_lookups_record("o /a\n? a reason\nl /b\n", &record, &why) && !strcmp(why, "a reason"));
	free(TAKE(why));
	ok(!build_lookups_record("o /a\nnonsense\n", &record, &why));
	free(TAKE(why));
	ok(!build_lookups_record("?\n", &record, &why));
	text_done(&record);
}

int main(void)
{
	is_moved_by_what_was_asked_alone();
	follows_names_of_a_file();
	folders_above_count();
	becomes_a_record();
	return t_done();
}

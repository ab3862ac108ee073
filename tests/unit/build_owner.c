/* SPDX-License-Identifier: MIT */
#include "build/build_owner.h"

#include "base/mem.h"
#include "base/text.h"
#include "t.h"

static void owned(const struct recipe *r, const char *want)
{
	static const struct entry entries[] = {
		{ .path = "b", .kind = ENTRY_FOLDER, .mode = 0755, .uid = 1000, .gid = 1000 },
		{ .path = "b/env", .kind = ENTRY_FOLDER, .mode = 02777, .uid = 1000, .gid = 1000 },
		{ .path = "b/link",
		  .kind = ENTRY_SYMLINK,
		  .mode = 0777,
		  .uid = 1000,
		  .gid = 1000,
		  .link = "env" },
		{ .path = "b/private", .kind = ENTRY_FILE, .mode = 0600, .uid = 1000, .gid = 1000 },
		{ .path = "b/program", .kind = ENTRY_FILE, .mode = 0775, .uid = 1000, .gid = 1000 },
		{ .path = "b/root's", .kind = ENTRY_FILE, .mode = 0600 },
		{ .path = "before", .kind = ENTRY_FILE, .mode = 0644, .uid = 1000, .gid = 1000 },
	};
	struct tree t = { 0 };
	AUTO_TEXT struct text got = { 0 };

	for (size_t i = 0; i < COUNT(entries); i++)
		tree_add(&t, &entries[i]);
	build_owner(r, "b", &t);
	for (size_t i = 0; i < t.count; i++)
		text_printf(&got, "%s%o %u:%u", i ? ", " : "", t.items[i].mode, t.items[i].uid,
			    t.items[i].gid);
	is(got.bytes, want);
	tree_done(&t);
}

int main(void)
{
	static const char kept[] = "755 1000:1000, 2777 1000:1000, 777 1000:1000, 600 1000:1000, 775 "
				   "1000:1000, 600 0:0, 644 1000:1000";
	struct site sites[2] = { 0 };
	struct recipe r = { .mode = MODE_PRODUCTION, .sites = { sites, 2 } };

	/* read through the group, whatever others may; never written */
	owned(&r, "755 0:1000, 755 0:1000, 777 0:1000, 640 0:1000, 755 0:1000, 600 0:0, 644 1000:1000");
	sites[1].developer_mode = true;
	owned(&r, kept);
	sites[1].developer_mode = false;
	r.mode = MODE_DEVELOPMENT;
	owned(&r, kept);
	return t_done();
}

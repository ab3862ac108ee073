/* SPDX-License-Identifier: MIT */
#include "build/build_layer_blob.h"

#include "base/mem.h"
#include "t.h"

/* A tree of one file. */
static struct digest key_of(int64_t epoch, const char *bytes, int64_t mtime)
{
	struct build_context j = { .lock = { .epoch = epoch } };
	struct tree t = { 0 };

	tree_add(&t, &(struct entry){ .path = "f",
				      .kind = ENTRY_FILE,
				      .mode = 0644,
				      .mtime = mtime,
				      .size_bytes = strlen(bytes),
				      .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
	struct digest d = build_layer_blob_content(&j, &t);
	tree_done(&t);
	return d;
}

static bool same(struct digest a, struct digest b)
{
	return digest_equal(&a, &b);
}

int main(void)
{
	/* archives that have moved on move no layer whose files are what they were */
	ok(same(key_of(100, "1", 5), key_of(200, "1", 5)));
	/* and what would be poured with other bytes never has the key of the first,
	 * whatever the store has seen */
	ok(!same(key_of(100, "1", 150), key_of(200, "1", 150)));
	ok(!same(key_of(100, "1", 5), key_of(100, "1", 6)));
	ok(!same(key_of(100, "1", 5), key_of(100, "2", 5)));
	/* times above the archives' are the archives' */
	ok(same(key_of(100, "1", 150), key_of(100, "1", 100)));
	return t_done();
}

/* SPDX-License-Identifier: MIT */
/* Whether an output is still the one that was noted, and the one that a power cut may have emptied is not. */
#include "image/output_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

/* Another user's build, or one with a store of its own, that writes to the same folder: it waits. */
static void test_two_stores(const char *folder, struct store *s, const struct image_config *config)
{
	AUTO_FREE char *other = mem_printf("%s/other", folder), *bytes = NULL;
	struct output_file p = { .lock = -1 };
	struct store *o = NULL;
	size_t len = 0;

	ok(!output_file_begin(s, config, folder, ".raw", &p));
	ok(!file_write(p.part, "whole", 5, 0644));
	pid_t child = fork();
	if (!child) {
		struct output_file q;
		close(p.lock);
		_exit(store_open(other, &o) || output_file_begin(o, config, folder, ".raw", &q) ||
		      file_write(q.part, "cut", 3, 0644));
	}
	usleep(300000);
	ok(!output_file_commit(&p) && !file_read(p.path, 100, &bytes, &len));
	is(bytes, "whole");
	output_file_done(&p);
	int status = 1;
	ok(waitpid(child, &status, 0) == child && !status);
}

int main(void)
{
	char folder[] = "/tmp/mkbench-place-XXXXXX";
	const struct image_config config = { .name = "demo", .tag = "1" };
	const struct digest one = digest_of("one", 3), two = digest_of("two", 3);
	struct store *s = NULL;
	struct output_file p = { .lock = -1 };

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *store = mem_printf("%s/store", folder);
	ok(!store_open(store, &s));
	ok(!output_file_begin(s, &config, folder, ".raw", &p));
	struct digest key = digest_of(p.path, strlen(p.path));
	ok(!file_write(p.part, "x", 1, 0644));
	ok(!output_file_same(s, p.path, &one));
	ok(!output_file_commit(&p));

	ok(!output_file_note(s, p.path, &one, true));
	ok(output_file_same(s, p.path, &one));
	ok(!output_file_same(s, p.path, &two));

	ok(!output_file_note(s, p.path, &two, false));
	ok(output_file_same(s, p.path, &two));
	ok(!output_file_same(s, p.path, &one));
	AUTO_FREE char *note = NULL;
	ok(!store_ref_read(s, "output", &key, &note));
	memcpy(strrchr(note, ' ') + 1, "other", 5); /* as it is read after the machine's next start */
	ok(!store_ref_write(s, "output", &key, note));
	ok(!output_file_same(s, p.path, &two));

	ok(!output_file_note(s, p.path, &one, true));
	ok(!file_write(p.path, "xy", 2, 0644));
	ok(!output_file_same(s, p.path, &one));
	output_file_done(&p);
	test_two_stores(folder, s, &config);
	store_close(s);
	err_free(file_remove_tree(folder));
	return t_done();
}

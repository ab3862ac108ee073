/* SPDX-License-Identifier: MIT */
#include "upgrade/copy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "says.h"

#define LEVELS 1000

static bool write_file(const char *name, const char *bytes)
{
	return fine(file_write(name, bytes, strlen(bytes), 0640));
}

/* Two files and a link around each folder of a chain. */
static void make_deep(const char *top)
{
	bool made = !chdir(top);

	for (int i = 0; i < LEVELS && made; i++)
		made = write_file("before", "ab") && !symlink("/etc", "e-link") && !mkdir("d", 0750) &&
		       write_file("z", "abc") && !chdir("d");
	ok(made && write_file("last", "x"));
}

static int levels_of(const char *top)
{
	struct stat st;
	int n = 0;

	if (chdir(top) < 0)
		return -1;
	while (!stat("before", &st) && st.st_size == 2 && !stat("z", &st) && st.st_size == 3 &&
	       (st.st_mode & 07777) == 0640 && !lstat("e-link", &st) && S_ISLNK(st.st_mode) &&
	       !lstat("d", &st) && (st.st_mode & 07777) == 0750 && !chdir("d"))
		n++;
	return !access("last", F_OK) ? n : -1;
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, word)); at++)
		n++;
	return n;
}

/* A tree that is deeper than files may be open is copied whole, and measured. */
static void deep(void)
{
	char area[] = "/tmp/copy.XXXXXX";
	const struct rlimit few = { 150, 150 };
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct text list = { 0 };

	ok(mkdtemp(area) && !chdir(area) && !mkdir("tree", 0755) && !mkdir("one", 0755) &&
	   !mkdir("two", 0755));
	AUTO_FREE char *tree = mem_printf("%s/tree", area), *one = mem_printf("%s/one/tree", area),
		       *two = mem_printf("%s/two/tree", area);
	make_deep(tree);
	ok(!setrlimit(RLIMIT_NOFILE, &few));
	ok(fine(copy_tree(tree, one, "tree", &list)));
	ok(levels_of(one) == LEVELS);
	ok(count(list.bytes, "/before\n") == LEVELS && count(list.bytes, "d 0 - ") == LEVELS + 1);
	ok(fine(copy_linked(tree, two)));
	ok(levels_of(two) == LEVELS);
	ok(copy_size(tree) >= (uint64_t)LEVELS * 2 * 4096 && copy_size(tree) == copy_size(one));
	text_done(&list);
	ok(!fchdir(before) && fine(file_remove_tree(area)));
	close(before);
}

int main(void)
{
	deep();
	return t_done();
}

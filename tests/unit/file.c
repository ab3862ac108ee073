/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "says.h"

/* Deeper than files may be open, with links out of it, and names that a removal of ours has left. */
static void deep(void)
{
	char area[] = "/tmp/file.XXXXXX";
	const struct rlimit few = { 200, 200 };
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ok(mkdtemp(area) && !chdir(area) && !mkdir("kept", 0755) && !mkdir("tree", 0755) && !chdir("tree"));
	ok(!mkdir(".deep.0", 0755) && !mkdir(".deep.0/d", 0755) && !symlink("../../kept", ".deep.0/out"));
	for (int i = 0; i < 1000; i++)
		if (mkdir("d", 0755) < 0 || symlink(area, "out") < 0 || chdir("d") < 0)
			ok(false);
	ok(!fchdir(before) && !setrlimit(RLIMIT_NOFILE, &few));
	AUTO_FREE char *tree = mem_printf("%s/tree", area), *kept = mem_printf("%s/kept", area);
	ok(fine(file_remove_tree(tree)));
	ok(access(tree, F_OK) < 0 && !rmdir(kept) && !rmdir(area));
	close(before);
}

int main(void)
{
	deep();
	return t_done();
}

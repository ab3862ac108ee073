/* SPDX-License-Identifier: MIT */
/* Apps that are folders: with links, of any size, and changed while a build runs. */
#include "fetch/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/clock.h"
#include "layer/layer.h"
#include "source_top.h"

static struct err *get_folder(struct store *s, struct app_source *ret)
{
	AUTO_FREE char *path = at("recipe.yml");

	return source_get(s, &(struct recipe){ .path = path }, &(struct app){ .name = "demo", .path = "app" },
			  NULL, NULL, ret);
}

/* A file of 300 GB that takes nothing on the disk, and one that grows while it is read. */
static void too_much(struct store *s)
{
	AUTO_FREE char *sparse = at("app/sparse");
	struct app_source src;
	int fd = open(sparse, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ok(fd >= 0 && !ftruncate(fd, 300ll << 30));
	close(fd);
	int64_t begun = clock_ms();
	ok(says(get_folder(s, &src), ERR_BUILD,
		"/app/sparse): move files that are not source out of its folder"));
	printf("# %lld ms\n", (long long)(clock_ms() - begun));
	ok(!truncate(sparse, 3ll << 30) && !unlink(sparse));
	source_done(&src);
}

static void links(struct store *s)
{
	static const struct {
		const char *target;
		bool stays;
	} cases[] = {
		{ "file", true },	   { "./file", true },	      { "../file", true },
		{ "./../file", true },	   { "b/../../file", true },  { "..x/../../file", true },
		{ ".//..//./file", true }, { "../../x", false },      { "./../../x", false },
		{ "././../../x", false },  { "b/../../../x", false }, { "..x/../../../b", false },
		{ "../..", false },	   { "/etc/passwd", false },
	};
	AUTO_FREE char *link = at("app/a/link");
	struct app_source src;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ok(!symlink(cases[i].target, link));
		struct err *e = get_folder(s, &src);
		ok(!e == cases[i].stays);
		if (!e != cases[i].stays)
			printf("# %s\n", cases[i].target);
		if (!cases[i].stays)
			ok(says(e, ERR_BUILD, "points outside its app, to "));
		source_done(&src);
		ok(!unlink(link));
	}
}

/* A name writes no line of ours. */
static void lines(struct store *s)
{
	AUTO_FREE char *link = at("app/a/li\nmkbench: wrote it");
	struct app_source src;

	ok(!symlink("/x\n\tmkbench: wrote it", link));
	ok(says(get_folder(s, &src), ERR_BUILD,
		"app/a/li?mkbench: wrote it points outside its app, to /x??mkbench: wrote it"));
	source_done(&src);
	ok(!unlink(link));
}

/* Whatever rights a file has here, in an image it is one that runs or one that does not. */
static void modes(struct store *s)
{
	AUTO_FREE char *file = at("app/file"), *folder = at("app/a");
	struct app_source src, again;

	ok(!get_folder(s, &src));
	ok(!chmod(file, 06755) && !chmod(folder, 03777));
	(void)setxattr(file, "user.note", "x", 1, 0); /* where the file system has them */
	ok(!get_folder(s, &again));
	const struct entry *e = tree_find(&again.files, "file"), *f = tree_find(&again.files, "a");
	ok(e && e->mode == 0755 && !e->uid && f && f->mode == 0755);
	source_done(&again);
	ok(!chmod(file, 06644) && !chmod(folder, 0755) && !get_folder(s, &again));
	ok(digest_equal(&src.digest, &again.digest));
	source_done(&again);
	source_done(&src);
	ok(!chmod(file, 0644));
}

/* The layer of an app whose files are put down and then taken as they are. */
static struct err *lay(struct store *s, const struct app_source *src, struct layer_delta *ret)
{
	struct layer_root root = { 0 };
	struct err *e = layer_steps(
		&(struct layer_steps){ .store = s, .key = src->digest, .seed = &src->files }, &root, ret);

	layer_root_done(&root);
	return e;
}

static void refuses_changed(struct store *s, const char *what)
{
	struct app_source src;
	struct layer_delta delta;
	AUTO_FREE char *file = at("app/file"), *whole = realpath(file, NULL), *aside = at("aside");
	AUTO_FREE char *words = mem_printf("%s changed during the build", whole);

	ok(!get_folder(s, &src));
	if (!strcmp(what, "gone"))
		ok(!rename(file, aside));
	else if (!strcmp(what, "a link"))
		ok(!rename(file, aside) && !symlink("../aside", file));
	else if (!strcmp(what, "a folder"))
		ok(!rename(file, aside) && !mkdir(file, 0755));
	else
		put("app/file", what);
	ok(says(lay(s, &src, &delta), ERR_BUILD, words));
	layer_delta_done(&delta);
	ok(count_in("changing/trees") == 0 && count_in("changing/refs") == 0);
	if (!access(aside, F_OK))
		ok((!remove(file) || errno == ENOENT) && !rename(aside, file));
	put("app/file", "same size");
	source_done(&src);
}

static void changed(struct store *s)
{
	struct app_source src;
	struct layer_delta delta;

	refuses_changed(s, "samE size");
	refuses_changed(s, "longer than before");
	refuses_changed(s, "less");
	refuses_changed(s, "");
	refuses_changed(s, "gone");
	refuses_changed(s, "a link");
	refuses_changed(s, "a folder");
	ok(!get_folder(s, &src));
	ok(!lay(s, &src, &delta) && !delta.cached);
	const struct entry *e = tree_find(&delta.tree, "file");
	struct digest want = digest_of("same size", 9);
	ok(e && digest_equal(&e->sha256, &want));
	layer_delta_done(&delta);
	source_done(&src);
}

static void folders(void)
{
	AUTO_FREE char *a = at("app/a/b"), *odd = at("app/a/..x"), *path = at("changing");
	struct store *s = NULL;

	ok(!file_make_folder(a, 0755) && !mkdir(odd, 0755));
	put("app/file", "same size");
	ok(!store_open(path, &s));
	links(s);
	lines(s);
	modes(s);
	changed(s);
	too_much(s);
	store_close(s);
}

int main(void)
{
	if (!mkdtemp(top))
		return 1;
	folders();
	ok(!file_remove_tree(top));
	return t_done();
}

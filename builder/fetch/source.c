#include "fetch/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/source_git.h"
#include "fetch/source_tar.h"

#define FILES_MAX 1000000
#define DEPTH_MAX 128

static bool left_out(const char *name)
{
	static const char *const names[] = { ".", "..", ".git", ".hg", ".svn", "node_modules", "__pycache__" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return text_ends(name, ".pyc");
}

/* Whether a link at path (below the root) still points below the root. */
static bool link_stays(const char *path, const char *target)
{
	int depth = 0;

	if (target[0] == '/')
		return false;
	for (const char *c = path; *c; c++)
		depth += *c == '/';
	for (size_t len; *target; target += len + (target[len] == '/')) {
		len = strcspn(target, "/");
		if (len == 2 && !strncmp(target, "..", 2))
			depth--;
		else if (len && !(len == 1 && *target == '.'))
			depth++;
		if (depth < 0)
			return false;
	}
	return true;
}

/* The size is that of the bytes that were hashed, whatever the file had before or has later. */
static struct err *digest_file(const char *path, struct entry *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct digest_run *run = digest_start();
	AUTO_FREE char *chunk = mem_new(1 << 16);
	ssize_t n = -1;

	for (e->size_bytes = 0; fd >= 0 && (n = read(fd, chunk, 1 << 16)) > 0; e->size_bytes += (uint64_t)n)
		digest_feed(run, chunk, (size_t)n);
	e->sha256 = digest_finish(run);
	return fd < 0 || n < 0 ? err_errno(errno, "read %s", path) : NULL;
}

static struct err *add_link(struct tree *t, const char *path, const char *whole)
{
	char target[4096];
	ssize_t n = readlink(whole, target, sizeof target - 1);

	if (n < 0)
		return err_errno(errno, "%s", whole);
	target[n] = '\0';
	if (!link_stays(path, target))
		return err_new(ERR_BUILD, "%s points outside its app, to %s", whole, target);
	tree_add(t, &(struct entry){ .path = path, .kind = ENTRY_SYMLINK, .mode = 0777, .link = target });
	return NULL;
}

static struct err *walk(struct tree *t, const char *root, const char *below, unsigned depth);

static struct err *add(struct tree *t, const char *root, const char *path, unsigned depth)
{
	AUTO_FREE char *whole = mem_printf("%s/%s", root, path);
	struct entry e = { .path = path };
	struct stat st;

	if (lstat(whole, &st) < 0)
		return err_errno(errno, "%s", whole);
	if (t->count >= FILES_MAX)
		return err_new(ERR_BUILD, "%s holds more than %d files", root, FILES_MAX);
	if (S_ISLNK(st.st_mode))
		return add_link(t, path, whole);
	e.mode = S_ISDIR(st.st_mode) || (st.st_mode & 0111) ? 0755 : 0644;
	if (S_ISDIR(st.st_mode)) {
		e.kind = ENTRY_FOLDER;
		tree_add(t, &e);
		return walk(t, root, path, depth + 1);
	}
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_BUILD, "%s is neither a file, a folder nor a link", whole);
	e.kind = ENTRY_FILE;
	e.content = (struct content){ .kind = CONTENT_DISK, .path = whole };
	TRY(digest_file(whole, &e));
	tree_add(t, &e);
	return NULL;
}

static struct err *walk(struct tree *t, const char *root, const char *below, unsigned depth)
{
	AUTO_FREE char *folder = mem_printf("%s/%s", root, below);
	DIR *dir = depth > DEPTH_MAX ? NULL : opendir(folder);
	struct err *e = NULL;

	if (!dir)
		return depth > DEPTH_MAX ? err_new(ERR_BUILD, "%s is nested too deeply", folder) : err_errno(errno, "%s", folder);
	for (struct dirent *d; !e && (d = readdir(dir));) {
		if (left_out(d->d_name))
			continue;
		AUTO_FREE char *path = mem_printf("%s%s%s", below, *below ? "/" : "", d->d_name);
		e = add(t, root, path, depth);
	}
	closedir(dir);
	return e;
}

static struct err *unpinned_or_equal(const struct app *app, const struct lock_app *pinned, const struct digest *digest)
{
	char hex[DIGEST_HEX];

	if (!pinned || !pinned->tree || app->path)
		return NULL;
	AUTO_FREE char *tree = mem_printf("sha256:%s", digest_hex(digest, hex));
	if (!strcmp(tree, pinned->tree))
		return NULL;
	return err_new(ERR_FETCH, "app %s is not what the lock names (%s, here %s): run 'mkbench lock' if that is meant",
		       app->name, pinned->tree, tree);
}

struct err *source_get(struct store *s, const struct recipe *r, const struct app *app, const struct lock_app *pinned,
		       struct progress *p, struct app_source *ret)
{
	AUTO_FREE char *folder = NULL;

	*ret = (struct app_source){ 0 };
	progress_item(p, app->name);
	if (app->path)
		folder = recipe_beside(r, app->path);
	else if (app->git)
		TRY_AS(source_git(s, r, app, pinned ? pinned->commit : NULL, &folder, &ret->commit, &ret->committed), "app %s", app->name);
	else
		TRY_AS(source_tar(s, app, p, &folder), "app %s", app->name);
	char *real = realpath(folder, NULL);
	if (!real)
		return err_errno(errno, "app %s: %s", app->name, folder);
	struct err *e = walk(&ret->files, real, "", 0);
	free(real);
	if (!e && !ret->files.count)
		e = err_new(ERR_BUILD, "%s is empty", folder);
	if (!e) {
		tree_sort(&ret->files);
		ret->digest = tree_digest(&ret->files);
		e = unpinned_or_equal(app, pinned, &ret->digest);
	}
	if (e)
		source_done(ret);
	return e ? err_wrap(e, "app %s", app->name) : NULL;
}

void source_done(struct app_source *src)
{
	tree_done(&src->files);
	free(src->commit);
	*src = (struct app_source){ 0 };
}

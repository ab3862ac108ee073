/* SPDX-License-Identifier: MIT */
#include "fetch/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/source_git.h"
#include "fetch/source_lfs.h"
#include "fetch/source_tar.h"
#include "fetch/source_walk.h"

/* Decides about Git LFS pointers: fetch their files, or report that they are there. */
static struct err *judge_pointers(struct store *s, const struct app *app, const struct git_source *git,
				  struct source_walk *w, struct progress *p, bool *ret_again)
{
	AUTO_FREE char *list = source_lfs_list(w->pointers.items, w->pointers.count);

	if (!w->pointers.count)
		return NULL;
	if (!app->lfs) {
		progress_note(
			p, "app %s: Git LFS keeps %s elsewhere: built with the pointers, as lfs: false says",
			app->name, list);
		return NULL;
	}
	if (!git)
		return err_new(ERR_BUILD,
			       "Git LFS keeps %s elsewhere, and these are its pointers alone: 'git lfs pull' "
			       "fetches them into a folder (lfs: false takes the pointers as they are)",
			       list);
	*ret_again = true;
	return source_lfs(s, git, w->pointers.items, w->pointers.count, p);
}

static struct err *read_folder(struct store *s, const struct app *app, const struct git_source *git,
			       const char *root, struct progress *p, struct tree *ret)
{
	struct source_walk w = { .tree = ret, .root = root };
	bool again = false;

	struct err *e = source_walk(&w);
	if (!e)
		e = judge_pointers(s, app, git, &w, p, &again);
	source_walk_done(&w);
	if (!e && again) {
		tree_done(ret);
		*ret = (struct tree){ 0 };
		struct source_walk whole = { .tree = ret, .root = root };
		e = source_walk(&whole);
		source_walk_done(&whole);
	}
	return e;
}

static struct err *unpinned_or_equal(const struct app *app, const struct lock_app *pinned,
				     const struct digest *digest)
{
	char hex[DIGEST_HEX];

	if (!pinned || !pinned->tree)
		return NULL;
	AUTO_FREE char *tree = mem_printf("sha256:%s", digest_hex(digest, hex));
	if (!strcmp(tree, pinned->tree))
		return NULL;
	return err_new(ERR_FETCH, "%s differs from the lock (%s, here %s): run 'mkbench lock' to accept it",
		       app->name, pinned->tree, tree);
}

static void keep_commits(struct app_source *ret, struct git_source *git)
{
	ret->commit = TAKE(git->commit);
	ret->committed = git->committed;
	for (size_t i = 0; i < git->modules.count; i++) {
		AUTO_TEXT struct text path = { 0 };
		for (const char *c = git->modules.items[i].path; *c; c++)
			text_printf(&path, *c > ' ' && *c <= '~' ? "%c" : "%%%02X", (unsigned char)*c);
		VEC_PUSH(&ret->modules, mem_printf("%s %s", path.bytes, git->modules.items[i].commit));
	}
}

static struct err *get_folder(struct store *s, const struct recipe *r, const struct app *app,
			      const struct lock_app *pinned, struct progress *p, struct git_source *git,
			      char **ret)
{
	if (app->path)
		*ret = recipe_beside(r, app->path);
	else if (!app->git)
		return source_tar(s, app, NULL, p, ret);
	else {
		TRY(source_git(s, r, app, pinned ? pinned->commit : NULL, p, git));
		*ret = mem_dup(git->folder);
	}
	return NULL;
}

/* Reads a folder as it is, and its digest. */
static struct err *walk_all(const char *root, bool programs, struct app_source *ret)
{
	struct source_walk w = { .tree = &ret->files, .root = root, .programs = programs };

	struct err *e = source_walk(&w);
	source_walk_done(&w);
	TRY(e);
	tree_sort(&ret->files);
	ret->digest = tree_digest(&ret->files);
	return NULL;
}

/* The key of an app's files, from what the lock says. */
static struct digest files_key(const struct digest *tree)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, "files of a commit 1");
	digest_feed(run, tree->bytes, sizeof tree->bytes);
	return digest_finish(run);
}

/* Finds an earlier checkout from git, if it is unchanged. */
static struct err *recall(struct store *s, const struct lock_app *pinned, struct app_source *ret)
{
	struct digest tree = { 0 }, commit = digest_of(pinned->commit, strlen(pinned->commit));
	bool known =
		text_starts(pinned->tree, "sha256:") && digest_parse(pinned->tree + strlen("sha256:"), &tree);
	struct digest key = files_key(&tree);
	AUTO_FREE char *folder = known ? store_tree_find(s, &key) : NULL, *when = NULL;

	TRY(store_ref_read(s, "committed", &commit, &when));
	int64_t committed = when ? strtoll(when, NULL, 10) : 0;
	if (!folder || !committed) /* earlier versions of mkbench kept 0 */
		return NULL;
	struct err *e = walk_all(folder, false, ret);
	if (e || !digest_equal(&ret->digest, &tree)) {
		err_free(e);
		source_done(ret);
		return file_remove_tree(folder);
	}
	ret->commit = mem_dup(pinned->commit);
	ret->committed = committed;
	for (size_t i = 0; i < pinned->modules.count; i++)
		VEC_PUSH(&ret->modules, mem_dup(((const char *const *)pinned->modules.items)[i]));
	return NULL;
}

/* Keeps the checkout for the next build. */
static struct err *keep(struct store *s, const struct git_source *git, struct app_source *ret)
{
	struct digest key = files_key(&ret->digest), commit = digest_of(git->commit, strlen(git->commit));
	AUTO_FREE char *folder = NULL, *when = mem_printf("%lld", (long long)git->committed);

	TRY(store_tree_keep(s, &key, git->folder, &folder));
	TRY(store_ref_write(s, "committed", &commit, when));
	tree_done(&ret->files);
	ret->files = (struct tree){ 0 };
	return walk_all(folder, false, ret);
}

static struct err *get(struct store *s, const struct recipe *r, const struct app *app,
		       const struct lock_app *pinned, struct progress *p, struct git_source *git,
		       struct app_source *ret)
{
	AUTO_FREE char *folder = NULL;

	if (app->git && pinned && pinned->commit && pinned->tree)
		TRY(recall(s, pinned, ret));
	if (ret->commit)
		return NULL;
	TRY(get_folder(s, r, app, pinned, p, git, &folder));
	AUTO_FREE char *real = realpath(folder, NULL);
	if (!real)
		return err_errno(errno, "%s", folder);
	TRY(read_folder(s, app, app->git ? git : NULL, real, p, &ret->files));
	if (!ret->files.count && git->commit)
		return err_new(ERR_BUILD, "commit %s of %s has no files", git->commit, git->url);
	if (!ret->files.count)
		return err_new(ERR_BUILD, "%s is empty", folder);
	tree_sort(&ret->files);
	ret->digest = tree_digest(&ret->files);
	if (git->commit) {
		TRY(keep(s, git, ret));
		keep_commits(ret, git);
	}
	return app->path ? NULL : unpinned_or_equal(app, pinned, &ret->digest);
}

struct err *source_get(struct store *s, const struct recipe *r, const struct app *app,
		       const struct lock_app *pinned, struct progress *p, struct app_source *ret)
{
	struct git_source git = { 0 };

	*ret = (struct app_source){ 0 };
	progress_item(p, app->name);
	struct err *e = get(s, r, app, pinned, p, &git, ret);
	source_git_done(&git);
	if (e)
		source_done(ret);
	return e ? err_wrap(err_line(e), "app %s", app->name) : NULL;
}

static struct err *get_programs(struct store *s, const struct recipe *r, const struct app *app,
				const struct lock_app *pinned, struct progress *p, struct app_source *ret)
{
	AUTO_FREE char *path = app->path ? recipe_beside(r, app->path) : NULL, *folder = NULL;

	if (app->sha256)
		TRY(source_tar(s, app, path, p, &folder));
	else
		folder = TAKE(path);
	AUTO_FREE char *real = realpath(folder, NULL);
	if (!real)
		return err_errno(errno, "%s", folder);
	TRY(walk_all(real, true, ret));
	return unpinned_or_equal(app, pinned, &ret->digest);
}

struct err *source_get_programs(struct store *s, const struct recipe *r, const struct app *app,
				const struct lock_app *pinned, struct progress *p, struct app_source *ret)
{
	*ret = (struct app_source){ 0 };
	progress_item(p, app->name);
	struct err *e = get_programs(s, r, app, pinned, p, ret);
	if (e)
		source_done(ret);
	return e ? err_wrap(err_line(e), "the build of %s", app->name) : NULL;
}

void source_done(struct app_source *src)
{
	tree_done(&src->files);
	free(src->commit);
	for (size_t i = 0; i < src->modules.count; i++)
		free(src->modules.items[i]);
	free(src->modules.items);
	*src = (struct app_source){ 0 };
}

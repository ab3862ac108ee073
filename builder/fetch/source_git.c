/* SPDX-License-Identifier: MIT */
#include "fetch/source_git.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/git.h"
#include "fetch/git_files.h"
#include "fetch/git_ref.h"
#include "fetch/transfer.h"

#define DEPTH_MAX 10
#define MODULES_MAX 1000
#define HEAD_MAX ((size_t)1 << 20) /* of a commit that joins thousands of others */

struct getting {
	struct store *store;
	const struct app *app;
	struct progress *progress;
	struct git_source *ret;
	struct git_amount amount; /* total of everything checked out so far */
};

static bool is_commit(const char *ref)
{
	size_t len = ref ? strspn(ref, "0123456789abcdef") : 0;

	return ref && !ref[len] && (len == 40 || len == 64);
}

static bool holds(struct git *g, const char *commit)
{
	AUTO_FREE char *name = mem_printf("%s^{commit}", commit);
	struct err *e = git_run(g, (const char *[]){ "cat-file", "-e", name, NULL }, NULL);

	err_free(e);
	return !e;
}

static struct err *fetch(struct git *g, const char *url, const char *depth, const char *const *what)
{
	const char *words[16] = { "fetch", "--progress", "--no-tags", git_server(url) };
	size_t n = 4;

	if (depth)
		words[n++] = depth;
	words[n++] = "--end-of-options";
	words[n++] = url;
	while (*what && n + 1 < COUNT(words))
		words[n++] = *what++;
	return git_ask(g, words, NULL, NULL);
}
#define FETCH(g, url, depth, ...) fetch(g, url, depth, (const char *[]){ __VA_ARGS__, NULL })
#define EVERYTHING "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"

static bool says(const struct err *e, const char *words)
{
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	return text && strstr(text, words);
}

/* A server of plain files serves objects one by one: they are first gathered in a separate repository, and
 * fetched from there as a pack. */
static struct err *bring_by_file(struct store *s, struct git *g, const char *url, const char *ref,
				 const char *commit)
{
	static const char kept[] = "refs/mkbench/kept";
	struct git whole;

	struct err *e = git_open(s, NULL, &whole);
	if (!e)
		e = commit ? FETCH(&whole, url, NULL, EVERYTHING) : FETCH(&whole, url, NULL, ref);
	if (!e)
		e = git_run(&whole,
			    (const char *[]){ "update-ref", kept, commit ? commit : "FETCH_HEAD", NULL },
			    NULL);
	if (!e)
		e = FETCH(g, whole.folder, "--depth=1", kept);
	git_close(&whole);
	return e;
}

/* The shallowest fetch that brings the commit: itself, else the ref, else everything. */
static struct err *bring(struct store *s, struct git *g, const char *url, const char *ref, const char *commit)
{
	struct err *e = FETCH(g, url, "--depth=1", commit ? commit : ref);

	if (!e || g->gave_up)
		return e;
	if (says(e, "dumb http transport")) {
		err_free(e);
		return bring_by_file(s, g, url, ref, commit);
	}
	if (!commit)
		return e;
	err_free(e);
	return FETCH(g, url, NULL, EVERYTHING);
}

/* pinned: the full id wanted; else ref is resolved. */
static struct err *resolve(struct store *s, struct git *g, const char *url, const char *ref,
			   const char *pinned, char **ret_commit)
{
	const char *commit = pinned ? pinned : is_commit(ref) ? ref : NULL;
	AUTO_FREE char *name = NULL;

	if (commit && holds(g, commit)) {
		*ret_commit = mem_dup(commit);
		return NULL;
	}
	if (!commit && ref)
		TRY(git_ref(g, url, ref, &name));
	TRY(bring(s, g, url, name ? name : "HEAD", commit));
	if (!commit && !holds(g, "FETCH_HEAD"))
		return err_new(ERR_FETCH, "'%s' in %s is no commit, but a tag of something else", ref, url);
	if (!commit)
		return git_run(g, (const char *[]){ "rev-parse", "FETCH_HEAD^{commit}", NULL }, ret_commit);
	if (!holds(g, commit))
		return err_new(ERR_FETCH, "%s has no commit %s", url, commit);
	*ret_commit = mem_dup(commit);
	return NULL;
}

static struct err *get(struct getting *now, const char *url, const char *below, const char *ref,
		       const char *pinned, char **ret_commit, unsigned depth);

static struct err *get_module(struct getting *now, const char *url, const char *below,
			      const struct git_link *link, unsigned depth)
{
	AUTO_FREE char *path = mem_printf("%s%s%s", below, *below ? "/" : "", link->path), *module = NULL,
		       *commit = NULL, *shown = text_line(mem_dup(path));

	if (!link->url) {
		progress_note(now->progress,
			      "app %s: %s is a repository of its own that .gitmodules does not name: an "
			      "empty folder",
			      now->app->name, shown);
		return NULL;
	}
	if (!now->app->submodules) {
		progress_note(now->progress, "app %s: its submodule %s is left out", now->app->name, shown);
		return NULL;
	}
	if (depth == DEPTH_MAX || now->ret->modules.count == MODULES_MAX)
		return err_new(ERR_FETCH,
			       "submodule %s: there are too many, or they lie too deep in each other", path);
	TRY_AS(git_files_url(url, link->url, &module), "submodule %s", path);
	TRY_AS(get(now, module, path, NULL, link->commit, &commit, depth + 1), "submodule %s", path);
	VEC_PUSH(&now->ret->modules, (struct git_module){ TAKE(path), TAKE(commit), TAKE(module) });
	return NULL;
}

static struct err *check_out(struct getting *now, struct git *g, const char *url, const char *below,
			     const char *commit, unsigned depth)
{
	AUTO_FREE char *folder = mem_printf("%s/%s", now->ret->folder, below),
		       *worktree = mem_printf("--work-tree=%s", folder);
	struct git_links links = { 0 };

	struct err *e = git_files(g, commit, &now->amount, &links);
	if (!e)
		e = file_make_folder(folder, 0755);
	if (!e && links.files)
		e = git_run(g, (const char *[]){ worktree, "checkout", "-q", "-f", commit, "--", ".", NULL },
			    NULL);
	for (size_t i = 0; !e && i < links.count; i++)
		e = get_module(now, url, below, &links.items[i], depth);
	git_files_done(&links);
	return e;
}

/* Until the head of a commit object is there: what is below is the commit's message. */
static bool gather_head(void *arg, const char *bytes, size_t len)
{
	struct text *head = arg;

	text_add(head, bytes, len);
	return !strstr(head->bytes, "\n\n") && head->len < HEAD_MAX;
}

/* The time in a raw commit object, in seconds since 1970; git log would also need the parents, which may be
 * missing. */
static struct err *committed_at(struct git *g, const char *commit, int64_t *ret)
{
	AUTO_TEXT struct text head = { 0 };

	TRY(git_read(g, (const char *[]){ "cat-file", "commit", commit, NULL }, gather_head, &head));
	const char *line = head.len ? strstr(head.bytes, "\ncommitter ") : NULL,
		   *end = line ? strchr(line + 1, '\n') : NULL,
		   *mail = end ? memrchr(line, '>', (size_t)(end - line)) : NULL;
	*ret = mail ? strtoll(mail + 1, NULL, 10) : 0;
	return NULL;
}

/* Checks out into the folder below, whose parents were made for the repository above it. */
static struct err *get(struct getting *now, const char *url, const char *below, const char *ref,
		       const char *pinned, char **ret_commit, unsigned depth)
{
	struct digest key = digest_of(url, strlen(url));
	AUTO_FREE char *objects = NULL;
	struct git own;

	TRY(store_git_objects(now->store, &key, &objects));
	struct err *e = git_open(now->store, objects, &own);
	if (!e)
		e = resolve(now->store, &own, url, ref, pinned, ret_commit);
	if (!e)
		e = check_out(now, &own, url, below, *ret_commit, depth);
	if (!e && !*below)
		e = committed_at(&own, *ret_commit, &now->ret->committed);
	git_close(&own);
	return e;
}

/* The URL as passed to git: a local path is relative to the recipe's folder. */
static struct err *find_url(const struct recipe *r, const struct app *app, char **ret)
{
	AUTO_FREE char *beside = recipe_beside(r, app->git);
	AUTO_FREE char *local = access(beside, F_OK) ? NULL : realpath(beside, NULL);

	if (!local && (*app->git == '/' || *app->git == '.'))
		return err_new(ERR_FETCH, "there is no repository %s", beside);
	*ret = local ? TAKE(local) : mem_dup(app->git);
	return NULL;
}

struct err *source_git_default(struct store *s, const struct recipe *r, const struct app *app, char **ret)
{
	AUTO_FREE char *url = NULL;
	struct git g;

	TRY(find_url(r, app, &url));
	TRY(git_open(s, NULL, &g));
	struct err *e = git_ref_default(&g, url, ret);
	git_close(&g);
	return e;
}

struct err *source_git(struct store *s, const struct recipe *r, const struct app *app, const char *pinned,
		       struct progress *p, struct git_source *ret)
{
	struct getting now = { .store = s, .app = app, .progress = p, .ret = ret };

	*ret = (struct git_source){ 0 };
	TRY(find_url(r, app, &ret->url));
	TRY(store_work_folder(s, app->name, &ret->folder));
	return get(&now, ret->url, "", app->ref, pinned, &ret->commit, 0);
}

void source_git_done(struct git_source *g)
{
	free(g->folder);
	free(g->url);
	free(g->commit);
	for (size_t i = 0; i < g->modules.count; i++) {
		free(g->modules.items[i].path);
		free(g->modules.items[i].commit);
		free(g->modules.items[i].url);
	}
	free(g->modules.items);
	*g = (struct git_source){ 0 };
}

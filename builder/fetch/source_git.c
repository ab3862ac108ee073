#include "fetch/source_git.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "base/text.h"

/* A bare repository of this run alone: its index, its FETCH_HEAD and its locks are nobody else's, and go with the work folder.
 * Only the objects are the store's. */
struct repository {
	const char *folder;
	const char *objects;     /* GIT_OBJECT_DIRECTORY=… */
};

/* Runs git; ret_output, when given, is its trimmed output. A fetch must leave packs, which appear whole: loose objects appear
 * one by one, a commit before its files. */
static struct err *git(const struct repository *r, const char *what, const char *const *words, char **ret_output)
{
	static const char *const first[] = { "git", "--git-dir=.", "-c", "protocol.ext.allow=never", "-c", "safe.directory=*",
					     "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "fetch.unpackLimit=1", "-c", "fetch.writeCommitGraph=false" };
	/* The names alone: what git tells a hook of the repository that it runs in. */
	const char *const set[] = { "GIT_TERMINAL_PROMPT=0", r->objects, "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
				    "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE",
				    "GIT_WORK_TREE", NULL };
	const char *argv[32];
	AUTO_FREE char *output = NULL, *errors = NULL;
	size_t n = COUNT(first);
	int status;

	memcpy(argv, first, sizeof first);
	while (*words && n + 1 < COUNT(argv))
		argv[n++] = *words++;
	argv[n] = NULL;
	TRY_AS(child_run(&(struct child){ .argv = argv, .set = set, .cwd = r->folder }, &output, &errors, &status), "git %s", what);
	if (status == 127)
		return err_new(ERR_SYSTEM, "git is not installed: apt-get install git");
	if (status) {
		char *line = strrchr(text_ends(errors, "\n") ? (errors[strlen(errors) - 1] = '\0', errors) : errors, '\n');
		return err_new(ERR_FETCH, "git %s: %s", what, line ? line + 1 : errors);
	}
	output[strcspn(output, "\n")] = '\0';
	if (ret_output)
		*ret_output = TAKE(output);
	return NULL;
}

static bool is_commit(const char *ref)
{
	size_t len = ref ? strspn(ref, "0123456789abcdef") : 0;

	return ref && !ref[len] && (len == 40 || len == 64);
}

static bool holds(const struct repository *r, const char *commit)
{
	AUTO_FREE char *name = mem_printf("%s^{commit}", commit);
	struct err *e = git(r, "cat-file", (const char *[]){ "cat-file", "-e", name, NULL }, NULL);

	err_free(e);
	return !e;
}

/* The shallowest fetch that brings the commit: itself, else the ref, else everything. */
static struct err *bring(const struct repository *r, const char *url, const char *ref, const char *commit)
{
	struct err *e = git(r, "fetch", (const char *[]){ "fetch", "-q", "--no-tags", "--depth=1", "--end-of-options", url,
			    commit ? commit : ref ? ref : "HEAD", NULL }, NULL);

	if (!e || !commit)
		return e;
	err_free(e);
	return git(r, "fetch", (const char *[]){ "fetch", "-q", "--tags", "--end-of-options", url, "+refs/heads/*:refs/heads/*",
		   NULL }, NULL);
}

static struct err *resolve(const struct repository *r, const char *url, const struct app *app, const char *pinned,
			   char **ret_commit)
{
	const char *commit = pinned ? pinned : is_commit(app->ref) ? app->ref : NULL;

	if (commit && holds(r, commit)) {
		*ret_commit = mem_dup(commit);
		return NULL;
	}
	TRY(bring(r, url, app->ref, commit));
	if (!commit)
		return git(r, "rev-parse", (const char *[]){ "rev-parse", "FETCH_HEAD^{commit}", NULL }, ret_commit);
	if (!holds(r, commit))
		return err_new(ERR_FETCH, "%s has no commit %s", url, commit);
	*ret_commit = mem_dup(commit);
	return NULL;
}

struct err *source_git(struct store *s, const struct recipe *r, const struct app *app, const char *pinned, char **ret_folder,
		       char **ret_commit, int64_t *ret_committed)
{
	AUTO_FREE char *beside = recipe_beside(r, app->git);
	AUTO_FREE char *local = access(beside, F_OK) ? NULL : realpath(beside, NULL);
	const char *url = local ? local : app->git;
	struct digest key = digest_of(url, strlen(url));
	AUTO_FREE char *objects = NULL, *repository = NULL, *folder = NULL, *commit = NULL, *when = NULL;

	TRY(store_git_objects(s, &key, &objects));
	TRY(store_work_folder(s, "git", &repository));
	TRY(store_work_folder(s, app->name, &folder));
	AUTO_FREE char *setting = mem_printf("GIT_OBJECT_DIRECTORY=%s", objects), *worktree = mem_printf("--work-tree=%s", folder);
	struct repository own = { repository, setting };
	TRY(git(&own, "init", (const char *[]){ "init", "-q", "--bare", "--template=", NULL }, NULL));
	TRY(resolve(&own, url, app, pinned, &commit));
	TRY(git(&own, "checkout", (const char *[]){ worktree, "checkout", "-q", "-f", commit, "--", ".", NULL }, NULL));
	TRY(git(&own, "show", (const char *[]){ "show", "-s", "--format=%ct", commit, NULL }, &when));
	*ret_committed = strtoll(when, NULL, 10);
	*ret_folder = TAKE(folder);
	*ret_commit = TAKE(commit);
	return NULL;
}

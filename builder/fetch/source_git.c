#include "fetch/source_git.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

/* Runs git in a bare repository; ret_output, when given, is its trimmed output. */
static struct err *git(const char *repository, const char *what, const char *const *words, char **ret_output)
{
	const char *argv[24] = { "git", "-C", repository, "-c", "protocol.ext.allow=never", "-c", "safe.directory=*",
				 "-c", "gc.auto=0", "-c", "advice.detachedHead=false" };
	size_t n = 11;
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status;

	for (; *words && n + 1 < COUNT(argv); words++)
		argv[n++] = *words;
	TRY_AS(child_run(&(struct child){ .argv = argv }, &output, &errors, &status), "git %s", what);
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

static bool holds(const char *repository, const char *commit)
{
	AUTO_FREE char *name = mem_printf("%s^{commit}", commit);
	struct err *e = git(repository, "cat-file", (const char *[]){ "cat-file", "-e", name, NULL }, NULL);

	err_free(e);
	return !e;
}

/* The shallowest fetch that brings the commit: itself, else the ref, else everything. */
static struct err *bring(const char *repository, const char *url, const char *ref, const char *commit)
{
	struct err *e = git(repository, "fetch", (const char *[]){ "fetch", "-q", "--no-tags", "--depth=1", "--end-of-options",
			    url, commit ? commit : ref ? ref : "HEAD", NULL }, NULL);

	if (!e || !commit)
		return e;
	err_free(e);
	return git(repository, "fetch", (const char *[]){ "fetch", "-q", "--tags", "--end-of-options", url,
		   "+refs/heads/*:refs/heads/*", NULL }, NULL);
}

static struct err *resolve(const char *repository, const char *url, const struct app *app, const char *pinned,
			   char **ret_commit)
{
	const char *commit = pinned ? pinned : is_commit(app->ref) ? app->ref : NULL;

	if (commit && holds(repository, commit)) {
		*ret_commit = mem_dup(commit);
		return NULL;
	}
	TRY(bring(repository, url, app->ref, commit));
	if (!commit)
		return git(repository, "rev-parse", (const char *[]){ "rev-parse", "FETCH_HEAD^{commit}", NULL }, ret_commit);
	if (!holds(repository, commit))
		return err_new(ERR_FETCH, "%s has no commit %s", url, commit);
	*ret_commit = mem_dup(commit);
	return NULL;
}

struct err *source_git(struct store *s, const struct recipe *r, const struct app *app, const char *pinned, char **ret_folder,
		       char **ret_commit)
{
	AUTO_FREE char *beside = recipe_beside(r, app->git);
	AUTO_FREE char *local = access(beside, F_OK) ? NULL : realpath(beside, NULL);
	const char *url = local ? local : app->git;
	char hex[DIGEST_HEX];
	struct digest name = digest_of(url, strlen(url));
	AUTO_FREE char *repository = mem_printf("%s/git/%s", store_path(s), digest_hex(&name, hex));
	AUTO_FREE char *folder = NULL, *commit = NULL;

	setenv("GIT_TERMINAL_PROMPT", "0", 1);
	if (access(repository, F_OK)) {
		TRY(file_make_folder(repository, 0755));
		TRY(git(repository, "init", (const char *[]){ "init", "-q", "--bare", NULL }, NULL));
	}
	TRY(resolve(repository, url, app, pinned, &commit));
	TRY(store_work_folder(s, app->name, &folder));
	AUTO_FREE char *worktree = mem_printf("--work-tree=%s", folder);
	TRY(git(repository, "checkout", (const char *[]){ worktree, "checkout", "-q", "-f", commit, "--", ".", NULL }, NULL));
	*ret_folder = TAKE(folder);
	*ret_commit = TAKE(commit);
	return NULL;
}

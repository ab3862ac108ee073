/* SPDX-License-Identifier: MIT */
/* With STORE RECIPE it gets the sources of a recipe's apps, for the bats tests, and prints their commits,
 * submodules and files. Sources from git: repositories made on the spot, many builds at once, killed ones,
 * and what they must not touch. */
#include "fetch/source.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/text.h"
#include "source_top.h"

static char commits[2][65]; /* of the branches one and two */

static void git(const char *folder, const char *const *words, char ret[65])
{
	AUTO_FREE char *whole = at(folder), *output = NULL;
	const char *argv[16] = { "git", "-C", whole, "-c", "user.name=t", "-c", "user.email=t@example.org" };
	int status = -1;

	for (size_t n = 7; *words; n++)
		argv[n] = *words++;
	ok(!child_run(&(struct child){ .argv = argv }, &output, NULL, &status));
	if (status)
		printf("# %s\n", output);
	ok(status == 0);
	if (ret)
		snprintf(ret, 65, "%.*s", (int)strcspn(output, "\n"), output);
}
#define GIT(folder, ret, ...) git(folder, (const char *[]){ __VA_ARGS__, NULL }, ret)

/* A repository with two branches, each with a file of its own, of many files. */
static void make_repository(void)
{
	AUTO_FREE char *folder = at("repo");

	ok(!file_make_folder(folder, 0755));
	GIT("repo", NULL, "init", "-q", "-b", "one");
	for (int i = 0; i < 50; i++) {
		AUTO_FREE char *name = mem_printf("repo/file%d", i);
		put(name, name);
	}
	GIT("repo", NULL, "add", ".");
	GIT("repo", NULL, "commit", "-q", "-m", "one");
	GIT("repo", commits[0], "rev-parse", "HEAD");
	GIT("repo", NULL, "checkout", "-q", "-b", "two");
	put("repo/second", "second");
	GIT("repo", NULL, "add", ".");
	GIT("repo", NULL, "commit", "-q", "-m", "two");
	GIT("repo", commits[1], "rev-parse", "HEAD");
}

/* One build's look at one branch (or a commit), in a store of that name. */
static struct err *get(const char *store_name, const char *ref, const char *pinned, struct app_source *ret)
{
	AUTO_FREE char *path = at("recipe.yml"), *store_path = at(store_name);
	struct recipe r = { .path = path };
	struct app app = { .name = "demo", .git = "repo", .ref = ref };
	struct lock_app pin = { .name = "demo", .commit = pinned };
	struct store *s = NULL;

	*ret = (struct app_source){ 0 };
	TRY(store_open(store_path, &s));
	struct err *e = source_get(s, &r, &app, pinned ? &pin : NULL, NULL, ret);
	if (!e && !tree_find(&ret->files, "file49"))
		e = err_new(ERR_BUILD, "a file is missing");
	store_close(s);
	return e;
}

/* Whether branch number n gives its commit. */
static bool gives(const char *store_name, int n)
{
	struct app_source src;
	struct err *e = get(store_name, n ? "two" : "one", NULL, &src);
	AUTO_FREE char *text = e ? err_text(e) : NULL;
	bool good = !e && !strcmp(src.commit, commits[n]) && !tree_find(&src.files, "second") == !n;

	if (!good)
		printf("# branch %d: %s\n", n, e ? text : src.commit);
	err_free(e);
	source_done(&src);
	return good;
}

static bool fails(const char *store_name, const char *ref, enum err_kind kind, const char *words)
{
	struct app_source src;
	bool good = says(get(store_name, ref, NULL, &src), kind, words);

	source_done(&src);
	return good;
}

static void without_git(void)
{
	AUTO_FREE char *path = mem_dup(getenv("PATH"));

	setenv("PATH", top, 1);
	ok(fails("late", "one", ERR_SYSTEM, "git is not installed: apt-get install git"));
	setenv("PATH", path, 1);
	ok(gives("late", 0));
	ok(fails("late", "three", ERR_FETCH, "/repo has no branch and no tag 'three'"));
	ok(gives("late", 1));
}

/* Six builds begin at once, in turn with the one branch and the other. */
static void at_once(void)
{
	pid_t pids[6];
	int begin[2];

	ok(!pipe(begin));
	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		char none;
		bool good = true;
		close(begin[1]);
		good = read(begin[0], &none, 1) == 0;
		for (int n = 0; good && n < 4; n++)
			good = gives("shared", (int)(i + (size_t)n) % 2);
		_exit(!good);
	}
	close(begin[0]);
	close(begin[1]);
	for (size_t i = 0; i < COUNT(pids); i++) {
		int status = -1;
		ok(waitpid(pids[i], &status, 0) == pids[i] && status == 0);
	}
}

/* Killed at any moment, git itself with it, as when the machine stops; the next one must succeed. */
static void killed(void)
{
	for (unsigned delay = 0; delay < 60; delay += 3) {
		pid_t pid = fork();
		if (!pid) {
			setpgid(0, 0);
			_exit(!gives("torn", 1));
		}
		setpgid(pid, pid);
		clock_sleep(delay);
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ok(gives("torn", 1));
	}
}

/* What a kill leaves of a fetch goes with the next build; and a commit is there with
 * all its files or not at all. */
static void whole_or_absent(void)
{
	struct digest key;
	AUTO_FREE char *repo = at("repo");
	char hex[DIGEST_HEX];

	key = digest_of(repo, strlen(repo));
	AUTO_FREE char *objects = mem_printf("torn/git/%s/objects", digest_hex(&key, hex));
	AUTO_FREE char *partial = mem_printf("%s/pack/tmp_pack_Abc123", objects), *path = at(partial);
	put(partial, "half of a pack");
	ok(gives("torn", 0));
	ok(access(path, F_OK) < 0);
	ok(count_in(objects) == 2); /* info and pack */
	ok(count_in("torn/tmp") == 0);
}

/* A commit that the store has is not asked for again; one that no branch ends with
 * is found by fetching all. */
static void pinned(void)
{
	AUTO_FREE char *repo = at("repo"), *away = at("away");
	struct app_source src;

	setenv("GIT_CONFIG_COUNT", "1", 1); /* the oldest protocol hands out the ends of branches only */
	setenv("GIT_CONFIG_KEY_0", "protocol.version", 1);
	setenv("GIT_CONFIG_VALUE_0", "0", 1);
	GIT("repo", NULL, "branch", "-q", "-D", "one");
	ok(gives("pins", 1));
	ok(!get("pins", "two", commits[0], &src));
	ok(src.commit && !strcmp(src.commit, commits[0]) && !tree_find(&src.files, "second"));
	source_done(&src);
	struct err *e = get("pins", NULL, "0123456789012345678901234567890123456789", &src);
	ok(e && err_kind(e) == ERR_FETCH);
	err_free(e);
	ok(!rename(repo, away) && !mkdir(repo, 0755));
	ok(!get("pins", NULL, commits[0], &src) && !strcmp(src.commit, commits[0]));
	source_done(&src);
	ok(!rmdir(repo) && !rename(away, repo));
	GIT("repo", NULL, "branch", "-q", "one", commits[0]);
	unsetenv("GIT_CONFIG_COUNT");
}

/* As in a hook or below a rebase: another repository is named by the environment, and stays as it is. */
static void in_a_hook(void)
{
	AUTO_FREE char *other = at("other"), *folder = at("other/.git"), *index = at("other/.git/index"),
		       *bytes = NULL, *now = NULL;
	size_t len = 0, now_len = 0;

	ok(!file_make_folder(other, 0755));
	GIT("other", NULL, "init", "-q", "-b", "main");
	put("other/kept", "kept");
	GIT("other", NULL, "add", ".");
	ok(!file_read(index, 1 << 20, &bytes, &len));
	setenv("GIT_DIR", folder, 1);
	setenv("GIT_WORK_TREE", other, 1);
	setenv("GIT_INDEX_FILE", index, 1);
	ok(gives("hook", 1));
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	ok(!file_read(index, 1 << 20, &now, &now_len) && now_len == len && !memcmp(now, bytes, len));
	ok(count_in("other") == 1);
}

static void print_source(const struct app *app, const struct app_source *src)
{
	printf("app %s %s\n", app->name, src->commit ? src->commit : "-");
	for (size_t i = 0; i < src->modules.count; i++)
		printf("module %s\n", src->modules.items[i]);
	for (size_t i = 0; i < src->files.count; i++)
		printf("%s %llu\n", src->files.items[i].path,
		       (unsigned long long)src->files.items[i].size_bytes);
}

static struct err *get_all(const char *store_path_, const char *recipe_path)
{
	struct recipe r = { 0 };
	struct problems problems;
	struct store *s = NULL;
	struct progress *p = progress_new(PROGRESS_PLAIN);
	struct app_source src;

	struct err *e = recipe_read(recipe_path, &r, &problems);
	if (!e)
		e = store_open(store_path_, &s);
	for (size_t i = 0; !e && i < r.apps.count; i++) {
		const struct app *app = (const struct app *)r.apps.items + i;
		e = source_get(s, &r, app, NULL, p, &src);
		if (!e)
			print_source(app, &src);
		source_done(&src);
	}
	store_close(s);
	recipe_done(&r);
	progress_free(p);
	return e;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return exit_status(get_all(argv[1], argv[2]));
	if (!mkdtemp(top))
		return 1;
	make_repository();
	without_git();
	at_once();
	killed();
	whole_or_absent();
	pinned();
	in_a_hook();
	ok(!file_remove_tree(top));
	return t_done();
}

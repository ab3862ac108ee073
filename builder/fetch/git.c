/* SPDX-License-Identifier: MIT */
#include "fetch/git.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/pace.h"
#include "base/text.h"
#include "fetch/proxy_blame.h"

#define MEMORY_LIMIT (2ull << 30)
#define PACK_LIMIT (8ull << 30)
#define WORDS_MAX 64
/* A server is silent while it counts and compresses objects. */
#define SILENT_WINDOWS 4

struct err *git_open(struct store *s, const char *objects, struct git *ret)
{
	*ret = (struct git){ 0 };
	TRY(store_work_folder(s, "git", &ret->folder));
	ret->objects = objects ? mem_dup(objects) : mem_printf("%s/objects", ret->folder);
	return git_run(ret, (const char *[]){ "init", "-q", "--bare", "--template=", NULL }, NULL);
}

void git_close(struct git *g)
{
	free(g->folder);
	free(g->objects);
	*g = (struct git){ 0 };
}

/* Whether a line only says that something failed; the line before it then says what. */
static bool says_nothing(const char *line)
{
	static const char *const empty[] = {
		"Could not read from remote repository",
		"the remote end hung up",
		"early EOF",
		"fetch-pack: ",
		"index-pack failed",
		"protocol error",
		"expected ",
		"remote error: upload-pack",
		"unable to fork", /* "cannot run ssh" precedes it */
	};

	for (size_t i = 0; i < COUNT(empty); i++)
		if (strcasestr(line, empty[i]) == line)
			return true;
	return false;
}

static bool is_noise(const char *line)
{
	static const char *const begins[] = {
		"warning:",
		"hint:",
		"From ",
		"Warning: ",
		"remote: Enumerating",
		"remote: Counting",
		"remote: Compressing",
		"remote: Total",
		"Receiving ",
		"Resolving ",
		"Unpacking ",
		"Errors logged to ",
		"Use `git lfs logs",
		"Downloading ",
	};

	if (!line[strspn(line, " \t")])
		return true;
	for (size_t i = 0; i < COUNT(begins); i++)
		if (text_starts(line, begins[i]))
			return true;
	return false;
}

/* "https://me:word@host/x" becomes "https://host/x". */
static void hide_credentials(char *line)
{
	for (char *at = line; (at = strstr(at, "://"));) {
		at += 3;
		char *end = at + strcspn(at, "/?#'\" "), *host = memrchr(at, '@', (size_t)(end - at));
		if (host)
			memmove(at, host + 1, strlen(host + 1) + 1);
	}
}

/* Whether ssh's line has details that its last line lacks. */
static bool is_detail(const char *line)
{
	return text_starts(line, "Load key ") || text_starts(line, "Host key for ") ||
	       (text_starts(line, "No ") && strstr(line, " host key is known for "));
}

static char *first_cause(char *errors)
{
	const char *before = NULL, *error = NULL, *detail = NULL;
	char *save;

	for (char *line = strtok_r(errors, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
		if (text_starts(line, "fatal: ")) {
			const char *fatal = line + strlen("fatal: ");
			const char *more = text_ends(fatal, ":") ? strtok_r(NULL, "\r\n", &save) : NULL;
			if (before && says_nothing(fatal))
				return mem_printf("%s%s%s%s", before, detail ? " (" : "",
						  detail ? detail : "", detail ? ")" : "");
			if (before && text_starts(before, "remote: "))
				return mem_printf("%s (%s)", fatal, before);
			return mem_printf("%s%s%s", fatal, more ? " " : "", more ? more : "");
		}
		if (!error && text_starts(line, "error: "))
			error = line + strlen("error: ");
		if (is_detail(line))
			detail = line;
		else if (!is_noise(line))
			before = line;
	}
	return error ? mem_dup(error) : before ? mem_dup(before) : NULL;
}

char *git_reason(const char *errors)
{
	AUTO_FREE char *copy = mem_dup(errors);
	char *cause = first_cause(copy);

	if (cause)
		hide_credentials(cause);
	return cause;
}

const char *git_server(const char *url)
{
	bool local = *url == '/' || text_starts(url, "file://");

	return local ? "--upload-pack=git -c safe.directory='*' upload-pack" :
		       "--upload-pack=git-upload-pack";
}

/* The progress of a transfer: the server's messages and the bytes received. */
struct watch {
	const struct git *git;
	bool (*take)(void *arg, const char *bytes, size_t len);
	void *arg;
	int64_t begun_ms, asked_ms, moved_ms;
	uint64_t before;     /* bytes of packs at the beginning */
	uint64_t said, came; /* when each last changed */
	const char *slow;    /* why it was aborted */
};

static uint64_t size_of_packs(const struct git *g)
{
	AUTO_FREE char *folder = mem_printf("%s/pack", g->objects);
	DIR *dir = opendir(folder);
	uint64_t size = 0;
	struct stat st;

	for (struct dirent *d; dir && (d = readdir(dir));)
		if (!fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
			size += (uint64_t)st.st_size;
	if (dir)
		closedir(dir);
	return size;
}

static bool goes_on(void *arg, uint64_t said)
{
	struct watch *w = arg;
	int64_t now = clock_ms();

	if (now - w->asked_ms < 500)
		return true;
	w->asked_ms = now;
	uint64_t packs = size_of_packs(w->git), came = packs > w->before ? packs - w->before : 0;
	if (said != w->said || came > w->came) {
		w->said = said;
		w->came = came > w->came ? came : w->came;
		w->moved_ms = now;
	}
	if (now - w->moved_ms > SILENT_WINDOWS * 1000 * (int64_t)pace_window())
		w->slow = "the server has sent nothing for too long";
	else if (now - w->begun_ms > pace_longest(w->came))
		w->slow = "the server sends too slowly";
	return !w->slow;
}

static bool pass_on(void *arg, const char *bytes, size_t len)
{
	struct watch *w = arg;

	return w->take(w->arg, bytes, len);
}

/* The error for a repository of the other object format, from client or server. */
static bool is_of_sha256(const char *reason)
{
	return strstr(reason, "mismatched algorithms") || strstr(reason, "hash-algorithm");
}

static struct err *explain(const char *what, const char *url, const char *reason)
{
	if (is_of_sha256(reason))
		return err_new(ERR_FETCH,
			       "git %s: the repository has SHA-256 objects, which are not taken: give one of "
			       "SHA-1 (git init --object-format=sha1), or the files by 'path' or 'archive'",
			       what);
	if (strstr(reason, "cannot run ssh"))
		return err_new(ERR_FETCH, "git %s: ssh is not installed: apt-get install openssh-client",
			       what);
	if (strstr(reason, "terminal prompts disabled"))
		return err_new(ERR_FETCH,
			       "git %s: %s: it needs a login, or the repository does not exist: put a login "
			       "into ~/.netrc or git's credential helper",
			       what, reason);
	AUTO_FREE char *proxy = proxy_blame(url, NULL, reason);
	return err_new(ERR_FETCH, "git %s: %s%s", what, reason, proxy);
}

static struct err *judge(struct git *g, const char *what, const char *url, const struct watch *w, int status,
			 const char *errors)
{
	if (status == 127)
		return err_new(ERR_SYSTEM, "git is not installed: apt-get install git");
	if (w && w->slow) {
		g->gave_up = true;
		return err_new(ERR_FETCH, "git %s: %s (%lld s)", what, w->slow,
			       (long long)(clock_ms() - w->begun_ms) / 1000);
	}
	if (!status)
		return NULL;
	AUTO_FREE char *reason = git_reason(errors);
	if (strstr(errors, " signal 25") || status == 128 + 25)
		return err_new(ERR_FETCH, "git %s: it brings more than %llu GB", what, PACK_LIMIT >> 30);
	if (!reason && status > 128 && status - 128 < NSIG)
		return err_new(ERR_FETCH, "git %s: it was ended by signal %d", what, status - 128);
	return explain(what, url, reason ? reason : "it failed without a word");
}

/* A fetch must leave packs, which appear atomically: loose objects appear one by one, a commit before its
 * files. The caller's settings must not change files: no filters, no other line ends. */
/* clang-format off */
static const char *const first[] = {
	"git", "--git-dir=.", "-c", "protocol.ext.allow=never", "-c", "safe.directory=*", "-c", "gc.auto=0",
	"-c", "maintenance.auto=false", "-c", "fetch.unpackLimit=1", "-c", "fetch.writeCommitGraph=false",
	"-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "core.attributesFile=/dev/null",
	"-c", "filter.lfs.process=", "-c", "filter.lfs.smudge=", "-c", "filter.lfs.required=false",
	"-c", "pack.threads=4",
};

/* Only names: the variables that git sets for a hook of the repository it runs in. */
static const char *const environment[] = {
	"GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=never", "LC_ALL=C", "LANGUAGE",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_GRAFT_FILE", "GIT_INDEX_FILE",
	"GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
};
/* clang-format on */

/* The git command in words, for messages. */
static const char *command_of(const char *const *words)
{
	while (!strcmp(words[0], "-c"))
		words += 2;
	return text_starts(words[0], "--") ? words[1] : words[0];
}

/* The URL that it is about, or "". */
static const char *url_of(const char *const *words)
{
	while (*words && strcmp(*words, "--end-of-options"))
		words++;
	return *words && words[1] ? words[1] : "";
}

static struct err *run(struct git *g, const char *const *words, struct watch *w, bool streams,
		       char **ret_output)
{
	AUTO_FREE char *time = mem_printf("http.lowSpeedTime=%ld", pace_window());
	AUTO_FREE char *limit = mem_printf("http.lowSpeedLimit=%d", PACE_LEAST);
	AUTO_FREE char *objects = mem_printf("GIT_OBJECT_DIRECTORY=%s", g->objects), *output = NULL,
		       *errors = NULL;
	const char *argv[WORDS_MAX], *set[COUNT(environment) + 2] = { objects }, *what = command_of(words),
							       *url = url_of(words);
	const char *const pace[] = { "-c", limit, "-c", time };
	size_t n = COUNT(first) + COUNT(pace);
	int status;

	memcpy(set + 1, environment, sizeof environment);
	memcpy(argv, first, sizeof first);
	memcpy(argv + COUNT(first), pace, sizeof pace);
	while (*words && n + 1 < COUNT(argv))
		argv[n++] = *words++;
	argv[n] = NULL;
	struct child child = {
		.argv = argv,
		.set = set,
		.cwd = g->folder,
		.apart = true,
		.input = g->input,
		.input_len = g->input ? strlen(g->input) : 0,
		.memory_bytes = MEMORY_LIMIT,
		.file_bytes = PACK_LIMIT,
		.goes_on = w && !streams ? goes_on : NULL,
		.take = w && w->take ? pass_on : NULL,
		.arg = w,
	};
	TRY_AS(child_run(&child, &output, &errors, &status), "git %s", what);
	if (streams && status == 128 + 9) /* killed by us: enough was read */
		return NULL;
	TRY(judge(g, what, url, w, status, errors));
	output[strcspn(output, "\n")] = '\0';
	if (ret_output)
		*ret_output = TAKE(output);
	return NULL;
}

struct err *git_run(struct git *g, const char *const *words, char **ret_output)
{
	return run(g, words, NULL, false, ret_output);
}

struct err *git_ask(struct git *g, const char *const *words,
		    bool (*take)(void *arg, const char *bytes, size_t len), void *arg)
{
	int64_t now = clock_ms();
	struct watch w = {
		.git = g,
		.take = take,
		.arg = arg,
		.begun_ms = now,
		.moved_ms = now,
		.before = size_of_packs(g),
	};

	return run(g, words, &w, false, NULL);
}

struct err *git_read(struct git *g, const char *const *words,
		     bool (*take)(void *arg, const char *bytes, size_t len), void *arg)
{
	struct watch w = { .git = g, .take = take, .arg = arg, .begun_ms = clock_ms() };

	return run(g, words, &w, true, NULL);
}

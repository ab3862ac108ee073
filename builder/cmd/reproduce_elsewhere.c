/* SPDX-License-Identifier: MIT */
#include "cmd/reproduce_elsewhere.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/share.h"
#include "cmd/reproduce.h"
#include "layer/sandbox/sandbox_host.h"
#include "layer/sandbox/sandbox_stranger.h"

/* The circumstances of the second build, and which of them differ. */
struct elsewhere {
	const char *top;
	char *place;			/* where the machine's files appear, or "": unchanged */
	char *program, *share, *recipe; /* as paths there */
	char *later;			/* shared object that shifts the date, or NULL */
	json_t *varied, *kept;
};

static void note(struct elsewhere *w, bool varied, const char *what)
{
	json_array_append_new(varied ? w->varied : w->kept, json_string(what));
}

static bool leave_one_processor(void)
{
	cpu_set_t own, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof own, &own) < 0)
		return false;
	for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &own))
			CPU_SET(i, &one);
	return !sched_setaffinity(0, sizeof one, &one);
}

/* Beside the program if it was just compiled, beside the services if it is installed; NULL: missing. */
static char *find_later(const char *share)
{
	AUTO_FREE char *folder = file_program_folder();
	AUTO_FREE char *beside = mem_printf("%s/later.so", folder),
		       *shared = mem_printf("%s/later.so", share);

	return !access(beside, R_OK) ? TAKE(beside) : !access(shared, R_OK) ? TAKE(shared) : NULL;
}

/* Links the files that hold logins and package sources: the other user has the same access. */
static struct err *furnish_home(const struct elsewhere *w, const char *home)
{
	static const char *const kept[] = {
		".netrc", ".gitconfig", ".git-credentials", ".ssh", ".config", ".pip", ".npmrc", ".docker",
	};
	const char *old = getenv("HOME");

	TRY(file_make_folder(home, 0700));
	for (size_t i = 0; old && *old == '/' && i < COUNT(kept); i++) {
		AUTO_FREE char *from = mem_printf("%s%s/%s", w->place, old, kept[i]),
			       *to = mem_printf("%s/%s", home, kept[i]);
		if (!access(from, F_OK) && symlink(from, to) < 0)
			return err_errno(errno, "make %s", to);
	}
	return NULL;
}

static void at_place(char **path, const char *place)
{
	AUTO_FREE char *there = *path ? mem_printf("%s%s", place, *path) : NULL;

	if (!there || access(there, R_OK) < 0)
		return;
	free(*path);
	*path = TAKE(there);
}

static struct err *become_stranger(struct elsewhere *w)
{
	AUTO_FREE char *place = mem_printf("%s/other place", w->top);
	uid_t id = sandbox_stranger_id();
	bool done = false;

	TRY(file_make_folder(place, 0700));
	if (id && (chown(w->top, id, id) < 0 || chown(place, id, id) < 0))
		return err_errno(errno, "give %s to another user", w->top);
	if (id)
		TRY(sandbox_stranger_become(place, w->recipe, &done));
	if (done && access(w->top, R_OK | W_OK | X_OK) < 0)
		return err_errno(errno, "%s as another user: let TMPDIR name a folder that all users reach",
				 w->top);
	if (done) {
		free(w->place);
		w->place = TAKE(place);
	}
	note(w, done, "user");
	note(w, done, "folder of the recipe");
	return NULL;
}

static struct err *change_circumstances(struct elsewhere *w)
{
	bool root = !geteuid();

	TRY(share_folder(&w->share));
	w->program = realpath("/proc/self/exe", NULL);
	if (!w->program)
		return err_errno(errno, "find this program");
	w->later = find_later(w->share);
	umask(077);
	note(w, root && !unshare(CLONE_NEWUTS) && !sethostname("elsewhere", strlen("elsewhere")),
	     "host name");
	note(w, leave_one_processor(), "number of processors");
	TRY(become_stranger(w));
	at_place(&w->recipe, w->place);
	at_place(&w->share, w->place);
	at_place(&w->program, w->place);
	at_place(&w->later, w->place);
	note(w, w->later != NULL, "date");
	return NULL;
}

static struct err *build_there(struct elsewhere *w, json_t **ret)
{
	AUTO_FREE char *store = mem_printf("MKBENCH_STORE=%s/store", w->top), *share = NULL,
		       *home = mem_printf("HOME=%s/home", w->top);
	AUTO_FREE char *folder = mem_printf("%s/out again", w->top), *later = NULL;
	static const char *const always[] = {
		"time zone", "locale", "umask", "home", "store", "folder of the outputs",
	};

	TRY(change_circumstances(w));
	share = mem_printf("MKBENCH_SHARE=%s", w->share);
	later = w->later ? mem_printf(SANDBOX_HOST_LATER "=%s", w->later) : mem_dup(SANDBOX_HOST_LATER);
	for (size_t i = 0; i < COUNT(always); i++)
		note(w, true, always[i]);
	const char *const set[] = {
		store,
		share,
		home,
		later,
		"TZ=Pacific/Kiritimati",
		"LC_ALL=tr_TR.UTF-8",
		"LANG=tr_TR.UTF-8",
		"LANGUAGE=tr",
		"SOURCE_DATE_EPOCH",
		"USER=somebody",
		"LOGNAME=somebody",
		NULL,
	};
	TRY(furnish_home(w, home + strlen("HOME=")));
	TRY(file_make_folder(folder, 0700));
	return reproduce_build(w->program, w->recipe, folder, set, ret);
}

/* Answers with one JSON text: for a failure its kind and message. */
static _Noreturn void be_child(const char *recipe, const char *top, int answer)
{
	struct elsewhere w = {
		.top = top,
		.place = mem_dup(""),
		.recipe = mem_dup(recipe),
		.varied = json_array(),
		.kept = json_array(),
	};
	json_t *report = NULL, *all;
	struct err *e = build_there(&w, &report);

	if (e) {
		AUTO_FREE char *text = err_text(e);
		all = json_pack("{s:i, s:s}", "kind", (int)err_kind(e), "failed", text);
	} else {
		all = json_pack("{s:o, s:o, s:o}", "report", report, "varied", w.varied, "kept", w.kept);
	}
	_exit(!all || json_dumpfd(all, answer, 0) < 0);
}

struct err *reproduce_elsewhere(const char *recipe, const char *top, json_t **ret)
{
	int ends[2], status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int answer = ends[0], answerer = ends[1];
	pid_t child = fork();
	if (child < 0)
		return err_errno(errno, "fork");
	if (!child)
		be_child(recipe, top, answerer);
	file_closep(&answerer);
	answerer = -1;
	json_t *all = json_loadfd(answer, 0, NULL);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for the second build");
	const char *failed = json_string_value(json_object_get(all, "failed"));
	struct err *e = failed ? err_new((enum err_kind)json_integer_value(json_object_get(all, "kind")),
					 "%s", failed) :
			all    ? NULL :
				 err_new(ERR_SYSTEM, "the second build reports nothing");
	if (e)
		json_decref(all);
	*ret = e ? NULL : all;
	return e;
}

/* SPDX-License-Identifier: MIT */
/* Lets an image's programs test a configuration, and discards what they wrote. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/layer_set.h"

#define FOLDER "/tmp/trial"
/* for a loaded machine; a program that takes longer will not start anywhere */
#define READY_SECONDS 300

/* Data for the sandbox. */
struct trial {
	const struct layer_trial *request;
	const struct service_trial *row;
	const char *const *argv;
	const char *until;
};

static bool make_folder(const char *path, unsigned mode, unsigned uid, unsigned gid)
{
	struct err *e = file_make_folder(path, 0755);

	if (!e && (chmod(path, mode) < 0 || chown(path, uid, gid) < 0))
		e = err_errno(errno, "make %s", path);
	if (!e)
		return true;
	AUTO_FREE char *text = err_text(e);
	printf("%s\n", text);
	err_free(e);
	return false;
}

static bool make_folders(const struct trial *t)
{
	const struct layer_trial *r = t->request;

	for (size_t i = 0; i < r->folder_count; i++)
		if (!make_folder(r->folders[i].path, r->folders[i].mode, r->folders[i].uid,
				 r->folders[i].gid))
			return false;
	return make_folder(FOLDER, 0700, t->row->uid, t->row->gid);
}

static pid_t start(const struct trial *t, int output)
{
	fflush(stdout);
	pid_t child = fork();
	if (child)
		return child;
	if (dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(127);
	if (setgroups(0, NULL) < 0 || setgid(t->row->gid) < 0 || setuid(t->row->uid) < 0) {
		perror("become the service's user");
		_exit(127);
	}
	execv(t->argv[0], (char *const *)t->argv);
	fprintf(stderr, "%s: %s\n", t->argv[0], strerror(errno));
	_exit(127);
}

/* The child's exit status. Process 1 inherits orphans, so other children may end here, too. */
static int await(pid_t child)
{
	int status;

	for (pid_t ended; (ended = waitpid(-1, &status, 0)) != child;)
		if (ended < 0 && errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Passes on the program's output; returns whether it printed the text before it ended or timed out. */
static bool listen_for(const char *until, int fd, bool *ret_late)
{
	AUTO_TEXT struct text said = { 0 };
	int64_t end = clock_ms() + READY_SECONDS * 1000;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char bytes[4096];

	for (int64_t left; (left = end - clock_ms()) > 0;) {
		int some = poll(&p, 1, (int)left);
		ssize_t n = some > 0 ? read(fd, bytes, sizeof bytes) : 0;
		if ((some < 0 || n < 0) && errno == EINTR)
			continue;
		if (some > 0 && n <= 0)
			return false;
		if (n <= 0)
			continue;
		fwrite(bytes, 1, (size_t)n, stdout);
		text_add(&said, bytes, (size_t)n);
		if (until && strstr(said.bytes, until))
			return true;
	}
	*ret_late = true;
	return false;
}

static int inside(void *arg)
{
	const struct trial *t = arg;
	int output[2];
	bool late = false;

	if (!make_folders(t) || pipe2(output, O_CLOEXEC) < 0)
		return 126;
	pid_t child = start(t, output[1]);
	close(output[1]);
	if (child < 0)
		return 126;
	if (listen_for(t->until, output[0], &late))
		return 0; /* when process 1 ends, the kernel ends everything in the sandbox */
	if (late) {
		printf("\n%s was not done in %d seconds\n", t->argv[0], READY_SECONDS);
		return 1;
	}
	int status = await(child);
	return status ? status : t->until ? 1 : 0;
}

static void on_line(void *arg, const char *line)
{
	text_printf(arg, "%s\n", line);
}

static struct err *run(struct trial *t, const struct layer_root *root, const struct layer_work *w,
		       struct text *said)
{
	struct sandbox room = { .lowers = root->lowers, .upper = w->upper, .work = w->work };

	TRY(layer_work_renew(w));
	return sandbox_call(&room, inside, t, t->row->name, on_line, said);
}

/* The names that the program accepts: what it prints after "--". */
static char *names_of(const struct layer_trial *r, const struct service_trial *row,
		      const struct layer_root *root, const struct layer_work *w)
{
	struct trial t = { .request = r, .row = row, .argv = row->names };
	struct text said = { 0 };

	if (row->names)
		err_free(run(&t, root, w, &said));
	return text_take(&said);
}

static struct err *try_all(const struct layer_trial *r, const struct layer_root *root,
			   const struct layer_work *w, struct layer_trial_failure *ret)
{
	for (size_t i = 0; i < r->trial_count; i++) {
		struct trial t = { r, &r->trials[i], r->trials[i].argv, r->trials[i].until };
		struct text said = { 0 };
		struct err *e = run(&t, root, w, &said);
		if (e) {
			ret->trial = t.row;
			ret->said = text_take(&said);
			ret->names = names_of(r, t.row, root, w);
			return e;
		}
		text_done(&said);
	}
	return NULL;
}

struct err *layer_trial(const struct layer_trial *r, const struct layer_root *root,
			struct layer_trial_failure *ret)
{
	struct layer_work w = { 0 };
	struct tree seed = { 0 };

	*ret = (struct layer_trial_failure){ 0 };
	tree_merge(&r->configuration, 1, &seed);
	layer_root_add_parents(root, &seed, r->epoch);
	struct err *e = layer_work_begin(r->store, &seed, &w);
	if (!e)
		e = try_all(r, root, &w, ret);
	e = store_blame_disk(r->store, e);
	layer_work_done(&w);
	tree_done(&seed);
	return e;
}

void layer_trial_failure_done(struct layer_trial_failure *f)
{
	free(f->said);
	free(f->names);
	*f = (struct layer_trial_failure){ 0 };
}

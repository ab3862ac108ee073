/* SPDX-License-Identifier: MIT */
#include "engine/native_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/terminal.h"
#include "base/text.h"
#include "layer/sandbox/sandbox_drop.h"

/* Joins the namespaces of a process. If root started it, its process namespace belongs to the machine's user
 * namespace, so it is joined before the container's user namespace. For an ordinary user the user namespace
 * comes first, unless it is ours. */
static struct err *join(pid_t pid)
{
	static const char *const kinds[] = { "user", "pid", "mnt", "ipc", "uts", "net" };
	static const size_t by_root[] = { 1, 0, 2, 3, 4, 5 }, by_others[] = { 0, 1, 2, 3, 4, 5 };
	int fds[COUNT(kinds)];
	struct stat ours, theirs;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO_FREE char *path = mem_printf("/proc/%d/ns/%s", pid, kinds[i]);
		fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (fds[i] < 0)
			return err_errno(errno, "open %s", path);
	}
	bool same =
		!stat("/proc/self/ns/user", &ours) && !fstat(fds[0], &theirs) && ours.st_ino == theirs.st_ino;
	const size_t *order = geteuid() ? by_others : by_root;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if ((order[i] || !same) && setns(fds[order[i]], 0) < 0)
			return err_errno(errno, "join the container's %s namespace", kinds[order[i]]);
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return err_errno(errno, "become root of the container");
	return NULL;
}

/* The environment of process 1; never freed: it is for a process about to exec. */
static struct err *environment_of(pid_t pid, char ***ret)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/environ", pid);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct text all = { 0 };
	struct {
		char **items;
		size_t count, room;
	} pairs = { 0 };
	char bytes[4096];
	ssize_t n;

	while (fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0)
		text_add(&all, bytes, (size_t)n);
	if (fd < 0)
		return err_errno(errno, "read %s", path);
	for (size_t at = 0; at < all.len; at += strlen(all.bytes + at) + 1)
		VEC_PUSH(&pairs, all.bytes + at);
	VEC_PUSH(&pairs, NULL);
	*ret = pairs.items;
	return NULL;
}

/* Runs argv in a child, because only a child enters the process namespace. theirs: its terminal, or -1. */
static _Noreturn void run_inside(const char *const *argv, char **env, int theirs)
{
	const char *term = theirs < 0 ? NULL : getenv("TERM");
	struct err *e = theirs < 0 ? NULL : terminal_enter(theirs);

	if (!e)
		e = sandbox_drop(&(struct sandbox){ .cwd = "/" });
	if (e) {
		AUTO_FREE char *text = err_text(e);
		fprintf(stderr, "mkbench: %s\n", text);
		_exit(126);
	}
	environ = env;
	if (term)
		setenv("TERM", term, 1);
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "mkbench: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Lets the container's root open its own standard streams by name, as in /dev; files and terminals of ours
 * stay ours. */
static void give_pipes(pid_t first)
{
	AUTO_FREE char *path = mem_printf("/proc/%d", first);
	struct stat owner, st;

	for (int fd = 0; fd < 3 && !stat(path, &owner); fd++)
		if (!fstat(fd, &st) && S_ISFIFO(st.st_mode) && fchown(fd, owner.st_uid, owner.st_gid) < 0)
			return;
}

struct err *native_inside(pid_t first, const char *const *argv)
{
	int status, ours = -1, theirs = -1;
	char **env;

	TRY(environment_of(first, &env));
	give_pipes(first);
	TRY(join(first));
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		terminal_open(&ours, &theirs);
	pid_t child = fork();
	if (child < 0)
		return err_errno(errno, "fork");
	if (!child)
		run_inside(argv, env, theirs);
	signal(SIGINT, SIG_IGN); /* the terminal signals the child as well */
	if (ours >= 0) {
		close(theirs);
		TRY(terminal_serve(ours));
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for %s", argv[0]);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

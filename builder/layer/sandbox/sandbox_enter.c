/* SPDX-License-Identifier: MIT */
/* Enters the user namespace in which an ordinary user builds, or explains why it is impossible. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/sandbox/sandbox.h"

#define WANTED 65535 /* ids in addition to root's */

/* The first id of the caller's range in /etc/subuid or /etc/subgid (subuid(5): lines
 * "name-or-id:first:count"), or 0. */
static unsigned long find_range(const char *file, const char *name, unsigned id)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	struct err *e = file_read(file, 1 << 20, &text, &len);

	if (e) {
		err_free(e);
		return 0;
	}
	AUTO_FREE char *number = mem_printf("%u", id);
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *owner = strsep(&line, ":"), *first = strsep(&line, ":");
		if (first && line && (!strcmp(owner, name) || !strcmp(owner, number)) &&
		    strtoul(line, NULL, 10) >= WANTED)
			return strtoul(first, NULL, 10);
	}
	return 0;
}

static bool holds(const char *file, char value)
{
	AUTO_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC);
	char found;

	return fd >= 0 && read(fd, &found, 1) == 1 && found == value;
}

static struct err *explain(int code, const char *what)
{
	if (holds("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
		return err_errno(
			code,
			"%s: this host's AppArmor keeps ordinary users from namespaces; run mkbench as root, "
			"or allow them with 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'",
			what);
	if (holds("/proc/sys/kernel/unprivileged_userns_clone", '0'))
		return err_errno(code,
				 "%s: this host keeps ordinary users from namespaces; run mkbench as root, "
				 "or allow them with 'sudo sysctl kernel.unprivileged_userns_clone=1'",
				 what);
	if (holds("/proc/sys/user/max_user_namespaces", '0'))
		return err_errno(code,
				 "%s: this host allows no user namespaces; run mkbench as root, or set "
				 "'sudo sysctl user.max_user_namespaces=10000'",
				 what);
	return err_errno(
		code,
		"%s: in a container, allow namespaces (docker run --privileged); else run mkbench as root",
		what);
}

const char *sandbox_enter_refusal(int code)
{
	if (code == ENOSYS)
		return "the kernel, or the list of system calls of the container that mkbench is in, lacks "
		       "what a sandbox needs: take Linux 5.12 or newer; in a container, start that with "
		       "--privileged";
	if (code == EPERM || code == EACCES)
		return "something on this machine keeps mkbench from making a sandbox: in a container, start "
		       "that with --privileged; else look in the kernel's log for what AppArmor or SELinux "
		       "refuses";
	return NULL;
}

static struct err *map(const char *program, pid_t pid, unsigned own, unsigned long first)
{
	AUTO_FREE char *target = mem_printf("%d", pid);
	AUTO_FREE char *self = mem_printf("%u", own);
	AUTO_FREE char *range = mem_printf("%lu", first);
	const char *argv[] = { program, target, "0", self, "1", "1", range, "65535", NULL };
	AUTO_FREE char *output = NULL;
	int status;

	TRY(child_run(&(struct child){ .argv = argv }, &output, NULL, &status));
	if (status == 127)
		return err_new(ERR_SYSTEM,
			       "%s is not installed: install the package uidmap, or run mkbench as root",
			       program);
	output[strcspn(output, "\n")] = '\0';
	return status ? err_new(ERR_SYSTEM, "%s failed: %s", program, output) : NULL;
}

/* A namespace's id maps are written from outside: by a child that was forked before. */
static struct err *map_from_outside(int told, pid_t pid, unsigned long first_uid, unsigned long first_gid)
{
	char go;
	ssize_t n;

	while ((n = read(told, &go, 1)) < 0 && errno == EINTR)
		continue;
	if (n != 1)
		return err_new(ERR_SYSTEM, "there is no namespace to map");
	TRY(map("newuidmap", pid, getuid(), first_uid));
	return map("newgidmap", pid, getgid(), first_gid);
}

static struct err *collect(pid_t helper, int answer)
{
	char why[512];
	ssize_t n;
	int status;

	while ((n = read(answer, why, sizeof why - 1)) < 0 && errno == EINTR)
		continue;
	while (waitpid(helper, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for the id maps");
	if (n > 0) {
		why[n] = '\0';
		return err_new(ERR_SYSTEM, "%s", why);
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ?
		       NULL :
		       err_new(ERR_SYSTEM, "the id maps could not be set");
}

static _Noreturn void help(int told, int answer, pid_t pid, unsigned long first_uid, unsigned long first_gid)
{
	struct err *e = map_from_outside(told, pid, first_uid, first_gid);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	_exit(text && write(answer, text, strlen(text)) >= 0);
}

static struct err *enter(unsigned long first_uid, unsigned long first_gid)
{
	int tell[2], answer[2];
	pid_t self = getpid();

	if (pipe2(tell, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int told = tell[0], teller = tell[1];
	if (pipe2(answer, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int answered = answer[0], answerer = answer[1];
	pid_t helper = fork();
	if (helper < 0)
		return err_errno(errno, "fork");
	if (!helper) {
		close(teller);
		help(told, answerer, self, first_uid, first_gid);
	}
	file_closep(&answerer);
	answerer = -1;
	if (unshare(CLONE_NEWUSER) < 0) {
		int code = errno;
		file_closep(&teller);
		teller = -1;
		err_free(collect(helper, answered));
		return explain(code, "make a user namespace");
	}
	if (write(teller, "", 1) != 1)
		return err_errno(errno, "write to a pipe");
	TRY(collect(helper, answered));
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return err_errno(errno, "become root of the user namespace");
	return NULL;
}

/* The errno of a mount in a namespace of its own, or 0. */
static int try_mount(void)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (!child)
		_exit(unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ?
			      errno :
			      0);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WEXITSTATUS(status);
}

/* On some hosts the namespace can be made but gives no right in it, and root of a container may have none:
 * better known now than when all is downloaded. */
static struct err *prove(bool root)
{
	int code = try_mount();
	const char *hint = root ? sandbox_enter_refusal(code) : NULL;

	if (!code)
		return NULL;
	return root ? err_errno(code, "root cannot mount here: %s", hint ? hint : "this machine refuses it") :
		      explain(code, "mount in a user namespace");
}

struct err *sandbox_enter_user_namespace(void)
{
	unsigned uid = getuid();

	if (!geteuid())
		return prove(true);
	const struct passwd *user = getpwuid(uid);
	const char *name = user ? user->pw_name : "";
	unsigned long first_uid = find_range("/etc/subuid", name, uid),
		      first_gid = find_range("/etc/subgid", name, uid);
	if (!first_uid || !first_gid)
		return err_new(
			ERR_SYSTEM,
			"user %s has no range of %d ids in %s: add one with 'sudo usermod --add-subuids "
			"100000-165535 --add-subgids 100000-165535 %s', or run mkbench as root",
			user ? name : "of this process", WANTED, first_uid ? "/etc/subgid" : "/etc/subuid",
			user ? name : "USER");
	TRY(enter(first_uid, first_gid));
	return prove(false);
}

/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_range.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox_host.h"

#define FIRST_ID 0x70000000u
#define IDS 65536u

static unsigned first_id(unsigned range)
{
	return FIRST_ID + range % SANDBOX_RANGES * IDS;
}

static bool kernel_maps_overlays(void)
{
	struct utsname u;
	unsigned major = 0, minor = 0;

	return !uname(&u) && sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
	       (major > 5 || (major == 5 && minor >= 19));
}

static bool has_ranges(void)
{
	return !geteuid() && !sandbox_host_in_user_namespace() && kernel_maps_overlays();
}

unsigned sandbox_range_owner(unsigned range)
{
	return has_ranges() ? first_id(range) : 0;
}

static struct err *write_map(pid_t pid, const char *kind, unsigned range)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/%s", pid, kind),
		       *map = mem_printf("0 %u %u\n", first_id(range), IDS);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? err_errno(errno, "open %s", path) : file_write_all(fd, map, strlen(map), path);
}

static struct err *open_space(pid_t pid, unsigned range, int *ret_fd)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/ns/user", pid);

	TRY(write_map(pid, "uid_map", range));
	TRY(write_map(pid, "gid_map", range));
	*ret_fd = open(path, O_RDONLY | O_CLOEXEC);
	return *ret_fd < 0 ? err_errno(errno, "open %s", path) : NULL;
}

/* A child makes the namespace and waits until it is open here; after that no process is in it. told is closed
 * when it may end. */
static _Noreturn void hold_space(int ready, int told)
{
	char byte = 0;

	if (unshare(CLONE_NEWUSER) < 0)
		_exit(errno);
	if (write(ready, &byte, 1) == 1)
		while (read(told, &byte, 1) < 0 && errno == EINTR)
			continue;
	_exit(0);
}

static struct err *wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(errno, "wait for a child");
	return WIFEXITED(status) && WEXITSTATUS(status) ?
		       err_errno(WEXITSTATUS(status), "make a user namespace") :
		       NULL;
}

struct err *sandbox_range_open(unsigned range, int *ret_fd)
{
	int up[2], down[2];
	char byte;
	ssize_t n;

	*ret_fd = -1;
	if (!has_ranges())
		return NULL;
	if (pipe2(up, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int ready = up[0], teller = up[1];
	if (pipe2(down, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	AUTO_CLOSE int told = down[0], over = down[1];
	pid_t child = fork();
	if (child < 0)
		return err_errno(errno, "fork");
	if (!child) {
		close(over);
		hold_space(teller, told);
	}
	close(teller);
	teller = -1;
	while ((n = read(ready, &byte, 1)) < 0 && errno == EINTR)
		continue;
	struct err *e = n == 1 ? open_space(child, range, ret_fd) : NULL;
	close(over);
	over = -1;
	struct err *end = wait_for(child);
	if (e)
		err_free(end);
	return e ? e : end;
}

struct err *sandbox_range_enter(int fd)
{
	if (setns(fd, CLONE_NEWUSER) < 0)
		return err_errno(errno, "enter a user namespace");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return err_errno(errno, "become root of a user namespace");
	return NULL;
}

/* Changing the id drops the rights over files; this restores them. */
struct err *sandbox_range_files(unsigned range)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	setfsgid(first_id(range));
	setfsuid(first_id(range));
	if (syscall(SYS_capget, &header, data) < 0)
		return err_errno(errno, "read capabilities");
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	return syscall(SYS_capset, &header, data) < 0 ? err_errno(errno, "keep capabilities") : NULL;
}

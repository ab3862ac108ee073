/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_kernel_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

struct err *sandbox_kernel_files_tmpfs(const char *path, const char *options, unsigned long more)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_errno(errno, "make %s", path);
	return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | more, options) < 0 ?
		       err_errno(errno, "mount %s", path) :
		       NULL;
}

struct err *sandbox_kernel_files_make_proc(int *ret_fd)
{
	AUTO_CLOSE int fs = fsopen("proc", FSOPEN_CLOEXEC);

	*ret_fd = -1;
	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ||
	    (*ret_fd = fsmount(fs, FSMOUNT_CLOEXEC,
			       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)) < 0)
		return err_errno(errno, "mount /proc%s",
				 errno != EPERM ?
					 "" :
					 ": this system keeps ordinary users from a new one because parts of "
					 "its own are covered; run mkbench as root, or in a container that "
					 "covers none (docker run --security-opt systempaths=unconfined)");
	return NULL;
}

static bool is_absent(int code)
{
	return code == ENOENT || code == ENOTDIR;
}

struct err *sandbox_kernel_files_mount_proc(int proc)
{
	static const char *const switches[] = { "bus", "fs", "irq", "sys", "sysrq-trigger" };
	struct mount_attr only = { .attr_set = MOUNT_ATTR_RDONLY };

	if (move_mount(proc, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_errno(errno, "mount /proc");
	for (size_t i = 0; i < COUNT(switches); i++) {
		AUTO_FREE char *path = mem_printf("/proc/%s", switches[i]);
		AUTO_CLOSE int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
		if ((fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH, &only, sizeof only) < 0 ||
		     move_mount(fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0) &&
		    !is_absent(errno))
			return err_errno(errno, "protect %s", path);
	}
	return NULL;
}

struct err *sandbox_kernel_files_cover_proc(void)
{
	static const char *const covered[] = {
		"acpi",		 "asound",	"interrupts", "kcore",	    "keys",
		"latency_stats", "sched_debug", "scsi",	      "timer_list", "timer_stats",
	};

	for (size_t i = 0; i < COUNT(covered); i++) {
		AUTO_FREE char *path = mem_printf("/proc/%s", covered[i]);
		struct stat st;
		if (lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) ? mount("tmpfs", path, "tmpfs",
						MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0") < 0 :
					  mount("/dev/null", path, NULL, MS_BIND, NULL) < 0)
			return err_errno(errno, "cover %s", path);
	}
	return NULL;
}

static const char *const devices[SANDBOX_KERNEL_FILES_DEVICES] = { "null",   "zero",	"full",
								   "random", "urandom", "tty" };

void sandbox_kernel_files_take_devices(int ret_nodes[static SANDBOX_KERNEL_FILES_DEVICES])
{
	for (size_t i = 0; i < COUNT(devices); i++) {
		AUTO_FREE char *path = mem_printf("/dev/%s", devices[i]);
		ret_nodes[i] = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	}
}

/* No other node works as a device here: one that a program makes cannot be opened. */
static struct err *put_device(size_t i, int node)
{
	AUTO_FREE char *path = mem_printf("/dev/%s", devices[i]);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || node < 0 || move_mount(node, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_errno(errno, "make %s", path);
	return NULL;
}

struct err *sandbox_kernel_files_fill_dev(const int *nodes)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },	      { "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" }, { "/proc/self/fd/2", "/dev/stderr" },
		{ "pts/ptmx", "/dev/ptmx" },
	};

	TRY(sandbox_kernel_files_tmpfs("/dev", "mode=0755,size=16m", MS_NOEXEC));
	for (size_t i = 0; i < COUNT(devices); i++)
		TRY(put_device(i, nodes[i]));
	for (size_t i = 0; i < COUNT(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return err_errno(errno, "make %s", links[i][1]);
	if (mkdir("/dev/pts", 0755) < 0 || mkdir("/dev/shm", 01777) < 0 || chmod("/dev/shm", 01777) < 0)
		return err_errno(errno, "fill /dev");
	if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		  "newinstance,ptmxmode=0666,mode=0620,gid=5") < 0)
		return err_errno(errno, "mount /dev/pts");
	return NULL;
}

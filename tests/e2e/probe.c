/* SPDX-License-Identifier: MIT */
/* What a process may do where it is: a probe a line, its name and "yes", or "no". Static, for sandbox.bats:
 * it is run in a container of each engine and in a build step. "yes" of a call that got arguments without
 * sense means that only its arguments were refused. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static void capabilities(void)
{
	static const char *const names[] = {
		"chown",
		"dac_override",
		"dac_read_search",
		"fowner",
		"fsetid",
		"kill",
		"setgid",
		"setuid",
		"setpcap",
		"linux_immutable",
		"net_bind_service",
		"net_broadcast",
		"net_admin",
		"net_raw",
		"ipc_lock",
		"ipc_owner",
		"sys_module",
		"sys_rawio",
		"sys_chroot",
		"sys_ptrace",
		"sys_pacct",
		"sys_admin",
		"sys_boot",
		"sys_nice",
		"sys_resource",
		"sys_time",
		"sys_tty_config",
		"mknod",
		"lease",
		"audit_write",
		"audit_control",
		"setfcap",
		"mac_override",
		"mac_admin",
		"syslog",
		"wake_alarm",
		"block_suspend",
		"audit_read",
		"perfmon",
		"bpf",
		"checkpoint_restore",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		say("capability", names[i], prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1);
	say("right", "new-privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
}

/* A whole disk of the machine, a loop device, the memory, as nodes of our own making. */
static void devices(void)
{
	static const char *const folders[] = { "/tmp", "/run", "/dev", "/dev/shm", "/data", "" };
	static const char *const there[] = { "kvm",	"fuse",	   "loop-control",  "mem",
					     "kmsg",	"port",	   "vda",	    "sda",
					     "loop0",	"net/tun", "vhost-net",	    "userfaultfd",
					     "console", "tty0",	   "mapper/control" };
	char path[64], name[64];

	for (size_t i = 0; i < COUNT(folders); i++) {
		snprintf(path, sizeof path, "%s/probe-node", folders[i]);
		snprintf(name, sizeof name, "block-in:%s", folders[i]);
		int made = !mknod(path, S_IFBLK | 0600, makedev(7, 0)), fd = made ? open(path, O_RDONLY) : -1;
		say("device", name, made && (fd >= 0 || !refused(fd)));
		unlink(path);
		snprintf(name, sizeof name, "memory-in:%s", folders[i]);
		made = !mknod(path, S_IFCHR | 0600, makedev(1, 1));
		fd = made ? open(path, O_RDONLY) : -1;
		say("device", name, fd >= 0);
		unlink(path);
	}
	for (size_t i = 0; i < COUNT(there); i++) {
		snprintf(path, sizeof path, "/dev/%s", there[i]);
		int fd = open(path, O_RDONLY | O_NONBLOCK);
		say("device", path, fd >= 0 || !refused(fd));
	}
}

static void files(void)
{
	static const char *const read[] = {
		"/proc/kcore",
		"/proc/keys",
		"/proc/timer_list",
		"/proc/sched_debug",
		"/proc/acpi/wakeup",
		"/proc/scsi/scsi",
		"/proc/interrupts",
		"/proc/kallsyms",
		"/sys/firmware/dmi/tables/DMI",
		"/sys/kernel/debug",
		"/sys/devices/virtual/powercap/dtpm",
		"/proc/latency_stats",
	};
	static const char *const write[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/vm/drop_caches",
		"/proc/sysrq-trigger",
		"/proc/irq/default_smp_affinity",
		"/proc/sys/kernel/hostname",
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/bus/pci/devices",
		"/sys/kernel/mm/ksm/run",
		"/sys/fs/cgroup/release_agent",
		"/proc/sys/fs/binfmt_misc/register",
		"/proc/fs/ext4",
		"/sys/class/block",
	};
	char byte;

	for (size_t i = 0; i < COUNT(read); i++) {
		int fd = open(read[i], O_RDONLY | O_NONBLOCK);
		say("read", read[i], fd >= 0 && pread(fd, &byte, 1, 0) == 1);
	}
	say("read", "/proc/1/root", !access("/proc/1/root/.", F_OK));
	for (size_t i = 0; i < COUNT(write); i++)
		say("write", write[i], open(write[i], O_WRONLY | O_NONBLOCK) >= 0);
	FILE *f = fopen("/proc/self/oom_score_adj", "w");
	say("write", "/proc/self/oom_score_adj", f && fputs("-900", f) > 0 && !fclose(f));
}

/* A child, as some cannot be undone. */
static void in_child(const char *kind, const char *name, int (*probe)(void))
{
	int status = 0;

	fflush(stdout);
	pid_t child = fork();
	if (!child)
		_exit(probe());
	waitpid(child, &status, 0);
	say(kind, name, WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int mounts_tmpfs(void)
{
	return refused(mount("tmpfs", "/tmp", "tmpfs", 0, ""));
}
static int mounts_bind(void)
{
	return refused(mount("/tmp", "/run", NULL, MS_BIND, NULL));
}
static int mounts_proc(void)
{
	return refused(mount("proc", "/tmp", "proc", 0, ""));
}
static int remounts(void)
{
	return refused(mount(NULL, "/proc/sys", NULL, MS_BIND | MS_REMOUNT, NULL));
}
static int umounts(void)
{
	return refused(umount2("/proc", MNT_DETACH));
}
static int new_user(void)
{
	return refused(unshare(CLONE_NEWUSER));
}
static int new_mounts(void)
{
	return refused(unshare(CLONE_NEWNS));
}
static int new_network(void)
{
	return refused(unshare(CLONE_NEWNET));
}
static int clones_user(void)
{
	return refused(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}
static int joins(void)
{
	return refused(setns(open("/proc/self/ns/uts", O_RDONLY), 0));
}
static int changes_root(void)
{
	return refused(chroot("/tmp"));
}
static int becomes_root(void)
{
	return refused(setresuid(0, 0, 0));
}
static int becomes_other(void)
{
	return refused(setresuid(33, 33, 33));
}
static int traces(void)
{
	return refused(syscall(SYS_ptrace, 0, 0, 0, 0));
}
static int hurries(void)
{
	return refused(setpriority(PRIO_PROCESS, 0, -5));
}
static int real_time(void)
{
	return refused(sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ 1 }));
}
static int more_files(void)
{
	return refused(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 4, 10 << 20 }));
}
static int kills_all(void)
{
	return refused(kill(-1, 0));
}
static int reads_others(void)
{
	return open("/proc/1/environ", O_RDONLY) < 0;
}

static int types(unsigned long request)
{
	int ptmx = open("/dev/ptmx", O_RDWR | O_NOCTTY), zero = 0;

	if (ptmx < 0 || ioctl(ptmx, TIOCSPTLCK, &zero) < 0)
		return 1;
	setsid();
	int tty = ioctl(ptmx, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	return tty < 0 || ioctl(tty, TIOCSCTTY, 0) < 0 || syscall(SYS_ioctl, tty, request, "x") < 0;
}

static int types_words(void)
{
	return types(TIOCSTI);
}
static int types_wide(void)
{
	return types(TIOCSTI | 1ul << 40);
}

static void rights(void)
{
	static const struct {
		const char *name;
		int (*probe)(void);
	} all[] = {
		{ "mount-tmpfs", mounts_tmpfs },
		{ "mount-bind", mounts_bind },
		{ "mount-proc", mounts_proc },
		{ "remount", remounts },
		{ "umount", umounts },
		{ "unshare-user", new_user },
		{ "unshare-mounts", new_mounts },
		{ "unshare-network", new_network },
		{ "clone-user", clones_user },
		{ "setns", joins },
		{ "chroot", changes_root },
		{ "become-root", becomes_root },
		{ "become-other", becomes_other },
		{ "ptrace", traces },
		{ "hurry", hurries },
		{ "real-time", real_time },
		{ "more-files", more_files },
		{ "kill-all", kills_all },
		{ "environment-of-1", reads_others },
		{ "type", types_words },
		{ "type-wide", types_wide },
	};

	for (size_t i = 0; i < COUNT(all); i++)
		in_child("right", all[i].name, all[i].probe);
}

int main(int argc, char **argv)
{
	unsigned user = argc > 2 ? (unsigned)atoi(argv[2]) : 0;

	/* it unmounts, and so on: on the machine itself that would do harm */
	if (argc < 2 || strcmp(argv[1], "inside"))
		return 2;
	if (user && (setresgid(user, user, user) < 0 || setresuid(user, user, user) < 0))
		return 1;
	capabilities();
	devices();
	files();
	rights();
	probe_sockets();
	probe_calls();
	return fflush(stdout) != 0;
}

/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_calls.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/mem.h"

/* The system calls that container engines allow by default on 64-bit machines. All others get "no such call"
 * (ENOSYS), as on an older kernel: programs can handle that. */
static const char allowed[] =
	"accept accept4 access adjtimex alarm arch_prctl bind brk cachestat capget capset chdir chmod chown "
	"chroot clock_adjtime clock_getres clock_gettime clock_nanosleep close close_range connect "
	"copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 "
	"epoll_wait eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 "
	"fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr "
	"flock fork fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue futex_wait "
	"futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents getdents64 "
	"getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority "
	"getrandom getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday "
	"getuid getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel "
	"io_destroy io_getevents io_setup io_submit ioctl ioprio_get ioprio_set kill landlock_add_rule "
	"landlock_create_ruleset landlock_restrict_self lchown lgetxattr link linkat listen listmount "
	"listxattr listxattrat llistxattr lremovexattr lseek lsetxattr lsm_get_self_attr lstat madvise "
	"map_shadow_stack membarrier memfd_create mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall "
	"mmap mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mremap msgctl "
	"msgget msgrcv msgsnd msync munlock munlockall munmap nanosleep newfstatat open openat openat2 pause "
	"pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 "
	"preadv preadv2 prlimit64 process_mrelease pselect6 ptrace pwrite64 pwritev pwritev2 read readahead "
	"readlink readlinkat readv recvfrom recvmmsg recvmsg remap_file_pages removexattr removexattrat "
	"rename renameat renameat2 restart_syscall riscv_flush_icache rmdir rseq rt_sigaction rt_sigpending "
	"rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo "
	"sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
	"sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam "
	"sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop sendfile sendmmsg "
	"sendmsg sendto set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups "
	"setitimer setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt "
	"setuid setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 "
	"socketpair splice stat statfs statmount statx symlink symlinkat sync sync_file_range "
	"sync_file_range2 syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun "
	"timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate "
	"umask uname unlink unlinkat utime utimensat utimes vfork wait4 waitid write writev ";

/* Calls that need a right which nobody has here: programs expect to be refused. */
static const char refused[] =
	"acct bpf clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen fspick "
	"get_mempolicy init_module ioperm iopl kcmp kexec_file_load kexec_load keyctl add_key request_key "
	"lookup_dcookie mbind migrate_pages mount mount_setattr move_mount move_pages name_to_handle_at "
	"open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root process_madvise process_vm_readv "
	"process_vm_writev quotactl quotactl_fd reboot set_mempolicy setdomainname sethostname setns "
	"settimeofday swapoff swapon syslog umount2 unshare userfaultfd vhangup vmsplice ";

#define NAMESPACES                                                                                    \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
	 CLONE_NEWNET)

static int add_names(scmp_filter_ctx filter, uint32_t action, const char *names)
{
	int r = 0;

	while (*names && !r) {
		size_t len = strcspn(names, " ");
		AUTO_FREE char *name = mem_ndup(names, len);
		int number = seccomp_syscall_resolve_name(name);
		if (number >= 0) /* otherwise this library or this machine does not know it */
			r = seccomp_rule_add_array(filter, action, number, 0, NULL);
		names += len + (names[len] == ' ');
	}
	return r;
}

static int add_arguments(scmp_filter_ctx filter)
{
	static const uint64_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
	static const uint64_t personalities[] = { 0, 8, 0x20000, 0x20008, UINT32_MAX };
	const struct scmp_arg_cmp plain = SCMP_A0(SCMP_CMP_MASKED_EQ, NAMESPACES, 0);
	int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &plain);

	for (size_t i = 0; !r && i < COUNT(families); i++) {
		const struct scmp_arg_cmp is = { 0, SCMP_CMP_EQ, families[i], 0 };
		r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, &is);
	}
	for (size_t i = 0; !r && i < COUNT(personalities); i++) {
		const struct scmp_arg_cmp is = { 0, SCMP_CMP_EQ, personalities[i], 0 };
		r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1, &is);
	}
	return r;
}

/* Refuses calls that put input into a terminal as if it had been typed (TIOCSTI), or worse into a console. A
 * separate filter, because the stricter of two answers counts. The kernel compares 32 bits of the number. */
static int refuse_typing(void)
{
	static const unsigned typing[] = { TIOCSTI, TIOCLINUX };
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = filter ? 0 : -ENOMEM;

	for (size_t i = 0; !r && i < COUNT(typing); i++) {
		const struct scmp_arg_cmp is = SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, typing[i]);
		r = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1, &is);
	}
	if (!r)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

struct err *sandbox_calls_limit(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int r = filter ? refuse_typing() : -ENOMEM;

	if (!r)
		r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
	if (!r)
		/* a tree: eight comparisons a call instead of three hundred */
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!r)
		r = add_names(filter, SCMP_ACT_ALLOW, allowed);
	if (!r)
		r = add_names(filter, SCMP_ACT_ERRNO(EPERM), refused);
	if (!r)
		r = add_arguments(filter);
	if (!r)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r ? err_errno(-r, "limit what programs may ask of the kernel") : NULL;
}

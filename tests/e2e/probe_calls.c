/* SPDX-License-Identifier: MIT */
/* Which kinds of socket a process may have, and which system calls answer it. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

void probe_sockets(void)
{
	static const struct {
		const char *name;
		int family, type, protocol;
	} all[] = {
		{ "raw", AF_INET, SOCK_RAW, IPPROTO_ICMP },
		{ "packet", AF_PACKET, SOCK_RAW, 0 },
		{ "vsock", AF_VSOCK, SOCK_STREAM, 0 },
		{ "alg", AF_ALG, SOCK_SEQPACKET, 0 },
		{ "key", AF_KEY, SOCK_RAW, 2 },
		{ "route", AF_NETLINK, SOCK_RAW, 0 },
		{ "audit", AF_NETLINK, SOCK_RAW, 9 },
		{ "bluetooth", AF_BLUETOOTH, SOCK_RAW, 1 },
		{ "can", AF_CAN, SOCK_RAW, 1 },
		{ "unix", AF_UNIX, SOCK_STREAM, 0 },
		{ "tcp", AF_INET, SOCK_STREAM, 0 },
		{ "tcp6", AF_INET6, SOCK_STREAM, 0 },
		{ "xdp", AF_XDP, SOCK_RAW, 0 },
		{ "tipc", AF_TIPC, SOCK_STREAM, 0 },
		{ "rds", AF_RDS, SOCK_SEQPACKET, 0 },
	};

	for (size_t i = 0; i < COUNT(all); i++)
		say("socket", all[i].name, !refused(socket(all[i].family, all[i].type, all[i].protocol)));
}

/* clang-format off */
#define CALL(n) { #n, SYS_##n }
/* clang-format on */

/* With arguments that no call takes. */
void probe_calls(void)
{
	static const struct {
		const char *name;
		long number;
	} all[] = {
		CALL(acct),
		CALL(add_key),
		CALL(bpf),
		CALL(clock_settime),
		CALL(clone3),
		CALL(delete_module),
		CALL(fanotify_init),
		CALL(finit_module),
		CALL(fsopen),
		CALL(fsmount),
		CALL(fspick),
		CALL(get_mempolicy),
		CALL(init_module),
		CALL(io_uring_setup),
		CALL(io_uring_enter),
		CALL(io_uring_register),
		CALL(kcmp),
		CALL(kexec_load),
		CALL(kexec_file_load),
		CALL(keyctl),
		CALL(mbind),
		CALL(migrate_pages),
		CALL(mount_setattr),
		CALL(move_mount),
		CALL(move_pages),
		CALL(name_to_handle_at),
		CALL(open_by_handle_at),
		CALL(open_tree),
		CALL(perf_event_open),
		CALL(personality),
		CALL(pidfd_getfd),
		CALL(pivot_root),
		CALL(process_madvise),
		CALL(process_vm_readv),
		CALL(process_vm_writev),
		CALL(quotactl),
		CALL(reboot),
		CALL(request_key),
		CALL(seccomp),
		CALL(setdomainname),
		CALL(sethostname),
		CALL(settimeofday),
		CALL(set_mempolicy),
		CALL(swapoff),
		CALL(swapon),
		CALL(syslog),
		CALL(userfaultfd),
		CALL(vhangup),
		CALL(vmsplice),
		CALL(memfd_secret),
		CALL(landlock_create_ruleset),
		CALL(nfsservctl),
		CALL(ustat),
		CALL(sysfs),
#ifdef __x86_64__
		CALL(iopl),
		CALL(ioperm),
		CALL(modify_ldt),
		CALL(uselib),
#endif
	};

	for (size_t i = 0; i < COUNT(all); i++)
		say("call", all[i].name, !refused(syscall(all[i].number, -1L, -1L, -1L, -1L, -1L, -1L)));
}

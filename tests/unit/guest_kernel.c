/* SPDX-License-Identifier: MIT */
#include "start/kernel.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

/* As an old engine's profile: clone3 fails with that error. */
static bool refuse(unsigned code)
{
	struct sock_filter rows[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { COUNT(rows), rows };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

/* What --cap-drop leaves of root's rights, which an ordinary user has none of. */
static void test_rights(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct held[2] = { 0 };
	struct err *e = kernel_check_rights();

	ok(!geteuid() == !e);
	err_free(e);
	ok(!syscall(SYS_capget, &header, held));
	held[0].effective &= ~(1u << CAP_CHOWN) & ~(1u << CAP_KILL);
	ok(!syscall(SYS_capset, &header, held));
	e = kernel_check_rights();
	AUTO_FREE char *why = e ? err_text(e) : mem_dup("");
	ok(strstr(why, "CHOWN") && strstr(why, "KILL)") && strstr(why, " --cap-add CHOWN ") &&
	   strstr(why, " --cap-add KILL"));
	ok(!geteuid() == !strstr(why, "SETUID"));
	err_free(e);
}

static void test_root(void)
{
	struct err *e = kernel_check_root("/tmp");

	ok(!e);
	err_free(e);
	/* whatever else is wrong is said where it fails */
	e = kernel_check_root("/proc/sys/kernel/ostype/no-folder");
	ok(!e);
	err_free(e);
}

static void test_limits(void)
{
	char root[] = "/tmp/mkbench-kernel-XXXXXX";
	struct rlimit few = { 1 << 20, 1 << 20 };

	ok(mkdtemp(root) != NULL);
	AUTO_FREE char *groups = mem_printf("%s/sys/fs/cgroup", root),
		       *pids = mem_printf("%s/pids.max", groups), *before = kernel_limits(root);
	struct err *e = file_make_folder(groups, 0755);
	e = e ? e : file_write(pids, "30\n", 3, 0644);
	ok(!e && !strstr(before, "fsize"));
	ok(!setrlimit(RLIMIT_FSIZE, &few));
	AUTO_FREE char *after = kernel_limits(root);
	ok(strstr(after, "fsize 1048576") && strstr(after, "pids 30"));
	e = e ? e : file_write(pids, "max\n", 4, 0644);
	AUTO_FREE char *most = kernel_limits(root);
	ok(!strstr(most, "pids"));
	e = e ? e : file_remove_tree(root);
	ok(!e);
}

int main(void)
{
	test_root();
	test_limits();
	test_rights();

	struct err *e = kernel_check();

	ok(!e);
	err_free(e);
	ok(refuse(ENOSYS)); /* the C library then takes clone */
	e = kernel_check();
	ok(!e);
	err_free(e);
	ok(refuse(EPERM));
	e = kernel_check();
	AUTO_FREE char *why = e ? err_text(e) : mem_dup("");
	ok(strstr(why, "refuses clone3") != NULL);
	err_free(e);
	return t_done();
}

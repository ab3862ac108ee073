/* SPDX-License-Identifier: MIT */
#include "start/kernel.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

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

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

int main(void)
{
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

/* SPDX-License-Identifier: MIT */
#include "start/kernel.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

struct err *kernel_check(void)
{
	/* Without an argument it does nothing: a kernel that has it says EINVAL, one that has not ENOSYS. */
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != EPERM)
		return NULL;
	return err_new(ERR_SYSTEM, "the container's seccomp profile refuses clone3, without which MariaDB and others start no thread: "
				   "take a newer engine (Docker 20.10.10, libseccomp 2.5), or --security-opt seccomp=FILE with clone3 allowed");
}

/* SPDX-License-Identifier: MIT */
#include "start/kernel.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define MASK(capability) (1u << (capability))

/* What root of the image does with files and processes of other users. */
static const struct {
	int number;
	const char *name;
} needed[] = {
	{ CAP_CHOWN, "CHOWN" },   { CAP_DAC_OVERRIDE, "DAC_OVERRIDE" }, { CAP_FOWNER, "FOWNER" },
	{ CAP_SETGID, "SETGID" }, { CAP_SETUID, "SETUID" },		{ CAP_KILL, "KILL" },
};

struct err *kernel_check_rights(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct held[2] = { 0 };
	AUTO_TEXT struct text missing = { 0 }, options = { 0 };

	if (syscall(SYS_capget, &header, held) < 0)
		return NULL; /* a kernel or a profile that does not tell */
	for (size_t i = 0; i < COUNT(needed); i++) {
		if (held[0].effective & MASK(needed[i].number))
			continue;
		text_printf(&missing, "%s%s", missing.len ? ", " : "", needed[i].name);
		text_printf(&options, " --cap-add %s", needed[i].name);
	}
	if (!missing.len)
		return NULL;
	return err_new(ERR_SYSTEM, "the container's root lacks rights that it needs to give each program its own user and files (%s): start it "
		       "without --cap-drop, or with%s", missing.bytes, options.bytes);
}

struct err *kernel_check_root(const char *folder)
{
	if (!access(folder, W_OK) || errno != EROFS)
		return NULL;
	return err_new(ERR_SYSTEM, "the root file system is read-only, and %s with it: start it without --read-only, or with --tmpfs /run "
		       "--tmpfs /tmp", folder);
}

struct err *kernel_check(void)
{
	/* Without an argument it does nothing: a kernel that has it says EINVAL, one that has not ENOSYS. */
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != EPERM)
		return NULL;
	return err_new(ERR_SYSTEM, "the container's seccomp profile refuses clone3, without which MariaDB and others start no thread: "
				   "take a newer engine (Docker 20.10.10, libseccomp 2.5), or --security-opt seccomp=FILE with clone3 allowed");
}

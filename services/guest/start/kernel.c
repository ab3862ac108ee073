/* SPDX-License-Identifier: MIT */
#include "start/kernel.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "lib/sysfile.h"

#define MIB (1ull << 20)
#define ENOUGH_PROCESSES 200u /* the demo has a hundred, with its threads */
#define MASK(capability) (1u << (capability))

/* Root of the image needs these for files and processes of other users. */
static const struct {
	int number;
	const char *name;
} needed[] = {
	{ CAP_CHOWN, "CHOWN" },	  { CAP_DAC_OVERRIDE, "DAC_OVERRIDE" },
	{ CAP_FOWNER, "FOWNER" }, { CAP_SETGID, "SETGID" },
	{ CAP_SETUID, "SETUID" }, { CAP_KILL, "KILL" },
};

struct err *kernel_check_rights(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct held[2] = { 0 };
	AUTO_TEXT struct text missing = { 0 }, options = { 0 };

	if (syscall(SYS_capget, &header, held) < 0)
		return NULL; /* the kernel or a profile does not tell */
	for (size_t i = 0; i < COUNT(needed); i++) {
		if (held[0].effective & MASK(needed[i].number))
			continue;
		text_printf(&missing, "%s%s", missing.len ? ", " : "", needed[i].name);
		text_printf(&options, " --cap-add %s", needed[i].name);
	}
	if (!missing.len)
		return NULL;
	return err_new(ERR_SYSTEM,
		       "the container's root lacks rights that it needs to give each program its own user "
		       "and files (%s): start it "
		       "without --cap-drop, or with%s",
		       missing.bytes, options.bytes);
}

struct err *kernel_check_root(const char *folder)
{
	if (!access(folder, W_OK) || errno != EROFS)
		return NULL;
	return err_new(ERR_SYSTEM,
		       "the root file system is read-only, and %s with it: start it without --read-only, or "
		       "with --tmpfs /run "
		       "--tmpfs /tmp",
		       folder);
}

/* Below these limits programs of a bench end, and some of them without a message. */
static const struct {
	int number;
	const char *name;
	uint64_t enough;
} limits[] = {
	{ RLIMIT_NPROC, "nproc", ENOUGH_PROCESSES }, { RLIMIT_FSIZE, "fsize", 65536 * MIB },
	{ RLIMIT_DATA, "data", 16384 * MIB },	     { RLIMIT_AS, "as", 262144 * MIB },
	{ RLIMIT_STACK, "stack", 1 * MIB },	     { RLIMIT_CPU, "cpu", UINT64_MAX },
};

static void add_limit(struct text *t, const char *name, uint64_t held)
{
	text_printf(t, "%s%s %llu", t->len ? ", " : "", name, (unsigned long long)held);
}

char *kernel_limits(const char *root)
{
	static const char *const groups[] = { "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max" };
	struct text t = { 0 };

	for (size_t i = 0; i < COUNT(limits); i++) {
		struct rlimit held;
		if (!getrlimit((__rlimit_resource_t)limits[i].number, &held) &&
		    held.rlim_cur != RLIM_INFINITY && held.rlim_cur < limits[i].enough)
			add_limit(&t, limits[i].name, held.rlim_cur);
	}
	for (size_t i = 0; i < COUNT(groups); i++) {
		AUTO_FREE char *path = mem_printf("%s%s", root, groups[i]), *words = sysfile_read(path, NULL);
		uint64_t most = strtoull(words, NULL, 10); /* 0 for "max" */
		if (most && most < ENOUGH_PROCESSES)
			add_limit(&t, "pids", most);
	}
	return text_take(&t);
}

struct err *kernel_check(void)
{
	/* Without an argument the call does nothing: a kernel that has it returns EINVAL, one without it
	 * ENOSYS. */
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != EPERM)
		return NULL;
	return err_new(ERR_SYSTEM, "the container's seccomp profile refuses clone3, without which MariaDB "
				   "and others start no thread: take a newer engine (Docker 20.10.10, "
				   "libseccomp 2.5), or --security-opt seccomp=FILE with clone3 allowed");
}

/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_drop.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "layer/sandbox/sandbox_calls.h"

/* A container engine's default, without making devices, raw sockets and file capabilities (our programs need
 * none of these). */
static const int kept[] = {
	CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,	    CAP_FSETID,	    CAP_KILL,	     CAP_SETGID,
	CAP_SETUID, CAP_SETPCAP,      CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_AUDIT_WRITE, CAP_SETFCAP,
};

static struct err *drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t mask = 0;

	for (size_t i = 0; i < COUNT(kept); i++)
		mask |= UINT64_C(1) << kept[i];
	/* this kernel may know newer capabilities than this program's headers */
	for (int c = 0; c < 64; c++)
		if (!(mask >> c & 1) && prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0 && errno != EINVAL)
			return err_errno(errno, "drop capability %d", c);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return err_errno(errno, "drop ambient capabilities");
	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = (uint32_t)(mask >> 32 * i);
	return syscall(SYS_capset, &header, data) < 0 ? err_errno(errno, "drop capabilities") : NULL;
}

struct err *sandbox_drop(const struct sandbox *s)
{
	if (chdir(s->cwd ? s->cwd : "/") < 0)
		return err_errno(errno, "enter %s", s->cwd);
	TRY(drop_capabilities());
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_errno(errno, "refuse new privileges");
	TRY(sandbox_calls_limit());
	if (setgroups(0, NULL) < 0 || setresgid(s->gid, s->gid, s->gid) < 0 ||
	    setresuid(s->uid, s->uid, s->uid) < 0)
		return err_errno(errno, "become user %u of group %u", s->uid, s->gid);
	return NULL;
}

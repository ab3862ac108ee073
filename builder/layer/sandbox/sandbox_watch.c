/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/sandbox/sandbox_descriptor.h"
#include "layer/sandbox/sandbox_lookups.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* Linux 6.6: the resumed process runs at once, on this processor */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#endif

/* Which arguments of a call are paths; folder -1: a relative path starts at the working directory. */
struct call {
	const char *name;
	int folder, path;
	/* 'o': it opens or runs the file; 'l': it looks; 'm': it may create a link */
	char kind;
};

static const struct call calls[] = {
	{ "open", -1, 0, 'o' },		{ "openat", 0, 1, 'o' },	{ "openat2", 0, 1, 'o' },
	{ "creat", -1, 0, 'o' },	{ "execve", -1, 0, 'x' },	{ "execveat", 0, 1, 'x' },
	{ "stat", -1, 0, 'l' },		{ "lstat", -1, 0, 'l' },	{ "newfstatat", 0, 1, 'l' },
	{ "statx", 0, 1, 'l' },		{ "access", -1, 0, 'l' },	{ "faccessat", 0, 1, 'l' },
	{ "faccessat2", 0, 1, 'l' },	{ "readlink", -1, 0, 'l' },	{ "readlinkat", 0, 1, 'l' },
	{ "chdir", -1, 0, 'l' },	{ "chroot", -1, 0, '?' },	{ "mkdir", -1, 0, 'l' },
	{ "mkdirat", 0, 1, 'l' },	{ "rmdir", -1, 0, 'o' },	{ "unlink", -1, 0, 'l' },
	{ "unlinkat", 0, 1, 'o' },	{ "rename", -1, 0, 'm' },	{ "rename", -1, 1, 'm' },
	{ "renameat", 0, 1, 'm' },	{ "renameat", 2, 3, 'm' },	{ "renameat2", 0, 1, 'm' },
	{ "renameat2", 2, 3, 'm' },	{ "link", -1, 0, 'm' },		{ "link", -1, 1, 'm' },
	{ "linkat", 0, 1, 'm' },	{ "linkat", 2, 3, 'm' },	{ "symlink", -1, 1, 'm' },
	{ "symlinkat", 1, 2, 'm' },	{ "mknod", -1, 0, 'l' },	{ "mknodat", 0, 1, 'l' },
	{ "chmod", -1, 0, 'l' },	{ "fchmodat", 0, 1, 'l' },	{ "fchmodat2", 0, 1, 'l' },
	{ "chown", -1, 0, 'l' },	{ "lchown", -1, 0, 'l' },	{ "fchownat", 0, 1, 'l' },
	{ "utime", -1, 0, 'l' },	{ "utimes", -1, 0, 'l' },	{ "futimesat", 0, 1, 'l' },
	{ "utimensat", 0, 1, 'l' },	{ "truncate", -1, 0, 'l' },	{ "statfs", -1, 0, 'l' },
	{ "getxattr", -1, 0, 'l' },	{ "lgetxattr", -1, 0, 'l' },	{ "listxattr", -1, 0, 'l' },
	{ "llistxattr", -1, 0, 'l' },	{ "setxattr", -1, 0, 'l' },	{ "lsetxattr", -1, 0, 'l' },
	{ "removexattr", -1, 0, 'l' },	{ "lremovexattr", -1, 0, 'l' }, { "inotify_add_watch", -1, 1, 'l' },
	{ "getxattrat", 0, 1, 'l' },	{ "setxattrat", 0, 1, 'l' },	{ "listxattrat", 0, 1, 'l' },
	{ "removexattrat", 0, 1, 'l' },
};

struct watch_state {
	struct seccomp_notif *call;
	struct seccomp_notif_resp *answer;
	int numbers[COUNT(calls)];
	struct sandbox_lookups lookups;
};

struct err *sandbox_watch_begin(int output, struct sandbox_watch *ret)
{
	struct watch_state *s = mem_new(sizeof *s);
	int pair[2];

	*ret = (struct sandbox_watch){ .listener = -1, .state = s };
	s->lookups.out = fdopen(output, "w");
	if (!s->lookups.out || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(errno, "watch a sandbox");
	ret->offer = pair[0];
	ret->take = pair[1];
	for (size_t i = 0; i < COUNT(calls); i++)
		s->numbers[i] = seccomp_syscall_resolve_name(calls[i].name);
	return NULL;
}

static int listen_to_calls(const struct watch_state *s)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	/* sandbox_calls_limit refuses those */
	int r = filter ? seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW) : -ENOMEM, fd = -1;

	for (size_t i = 0; !r && i < COUNT(calls); i++)
		if (s->numbers[i] >= 0 && (!i || strcmp(calls[i].name, calls[i - 1].name)))
			r = seccomp_rule_add_array(filter, SCMP_ACT_NOTIFY, s->numbers[i], 0, NULL);
	if (!r)
		r = seccomp_load(filter);
	if (!r)
		fd = seccomp_notify_fd(filter);
	seccomp_release(filter);
	return fd;
}

void sandbox_watch_offer(struct sandbox_watch *w)
{
	int fd = listen_to_calls(w->state);

	close(w->take);
	if (fd >= 0) {
		sandbox_descriptor_pass(w->offer, fd);
		close(fd);
	}
	close(w->offer);
}

void sandbox_watch_take(struct sandbox_watch *w)
{
	struct watch_state *s = w->state;

	close(w->offer);
	w->listener = sandbox_descriptor_take(w->take);
	close(w->take);
	if (w->listener < 0 || seccomp_notify_alloc(&s->call, &s->answer) < 0)
		sandbox_lookups_doubt(&s->lookups,
				      "this kernel cannot observe file lookups (seccomp user notification)");
	else
		/* an older kernel is slower */
		ioctl(w->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

/* The target of a link, or nothing. */
static void read_link(const char *link, char ret[static PATH_MAX])
{
	ssize_t n = readlink(link, ret, PATH_MAX - 1);

	ret[n < 0 ? 0 : n] = '\0';
}

/* Reads a path from the caller's memory; it may end at the end of a page. False: the call will fail in the
 * same way, or its caller is gone. */
static bool read_path(struct watch_state *s, unsigned pid, uint64_t at, char ret[static PATH_MAX])
{
	size_t first = PATH_MAX - at % PATH_MAX;
	struct iovec here = { ret, PATH_MAX };
	struct iovec there[] = { { (void *)(uintptr_t)at, first },
				 { (void *)(uintptr_t)(at + first), PATH_MAX - first } };
	ssize_t n = process_vm_readv((pid_t)pid, &here, 1, there, first < PATH_MAX ? 2 : 1, 0);

	if (n < 0 && errno != EFAULT && errno != ESRCH)
		sandbox_lookups_doubt(&s->lookups, "the memory of a program cannot be read");
	return n > 0 && memchr(ret, '\0', (size_t)n);
}

static void note_call(struct watch_state *s, const struct call *c, const struct seccomp_notif *n)
{
	char path[PATH_MAX], folder[PATH_MAX], link[64], whole[SANDBOX_LOOKUPS_ROOM];

	if (!read_path(s, n->pid, n->data.args[c->path], path) || !*path)
		return;
	if (c->kind == '?')
		sandbox_lookups_doubt(&s->lookups, "a program has another root");
	if (*path != '/') {
		int at = c->folder < 0 ? AT_FDCWD : (int)n->data.args[c->folder];
		at == AT_FDCWD ? snprintf(link, sizeof link, "/proc/%u/cwd", n->pid) :
				 snprintf(link, sizeof link, "/proc/%u/fd/%d", n->pid, at);
		read_link(link, folder);
		if (*folder != '/') {
			if (text_starts(folder, "(unreachable)"))
				sandbox_lookups_doubt(&s->lookups, "a folder is out of reach");
			return;
		}
	}
	snprintf(whole, sizeof whole, "%s%s%s", *path == '/' ? "" : folder, *path == '/' ? "" : "/", path);
	sandbox_lookups_note(&s->lookups, c->kind, whole);
}

void sandbox_watch_answer(struct sandbox_watch *w)
{
	struct watch_state *s = w->state;

	memset(s->call, 0, sizeof *s->call);
	if (ioctl(w->listener, SECCOMP_IOCTL_NOTIF_RECV, s->call) < 0) {
		if (errno == ENOENT || errno == EINTR)
			return; /* it was killed meanwhile */
		sandbox_lookups_doubt(&s->lookups, strerror(errno));
		close(w->listener); /* waiting processes are told that there is no such call */
		w->listener = -1;
		return;
	}
	for (size_t i = 0; i < COUNT(calls); i++)
		if (s->numbers[i] == s->call->data.nr)
			note_call(s, &calls[i], s->call);
	s->answer->id = s->call->id;
	s->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	s->answer->val = 0;
	s->answer->error = 0;
	if (seccomp_notify_respond(w->listener, s->answer) < 0 && errno != ENOENT)
		sandbox_lookups_doubt(&s->lookups, "a call was not let go on");
}

void sandbox_watch_end(struct sandbox_watch *w)
{
	struct watch_state *s = w->state;

	fclose(s->lookups.out);
}

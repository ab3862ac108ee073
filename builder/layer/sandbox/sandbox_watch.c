/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

/* names that were noted or asked for last: most are asked for again and again */
#define SLOTS 65536u
#define LINKS_MAX 40  /* Linux' own limit */
#define SCRIPTS_MAX 4 /* ... of interpreters that are scripts themselves: 5 */
#define ROOM (3 * PATH_MAX)
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* Linux 6.6: who is let go on runs at once, where process 1 ran */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#endif

/* Where the paths are among a call's arguments; folder -1: a relative one is below the working directory. */
struct call {
	const char *name;
	int folder, path;
	/* 'o': it opens or runs what it finds; 'l': it looks; 'm': it may put a link in another place */
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
	FILE *out;
	struct seccomp_notif *call;
	struct seccomp_notif_resp *answer;
	int numbers[COUNT(calls)];
	char *slots[SLOTS]; /* lines */
	struct {
		char *name;
		unsigned turn;
	} asked[SLOTS];
	unsigned turn; /* another one: names may lead elsewhere now */
};

struct err *sandbox_watch_begin(int output, struct sandbox_watch *ret)
{
	struct watch_state *s = mem_new(sizeof *s);
	int pair[2];

	*ret = (struct sandbox_watch){ .listener = -1, .state = s };
	s->out = fdopen(output, "w");
	if (!s->out || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(errno, "watch a sandbox");
	ret->offer = pair[0];
	ret->take = pair[1];
	for (size_t i = 0; i < COUNT(calls); i++)
		s->numbers[i] = seccomp_syscall_resolve_name(calls[i].name);
	return NULL;
}

static void doubt(struct watch_state *s, const char *why)
{
	fprintf(s->out, "? %s\n", why);
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

static void pass(int socket, int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec one = { (char[]){ 'f' }, 1 };
	struct msghdr message = {
		.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};

	control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd),
					 .cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	while (sendmsg(socket, &message, 0) < 0 && errno == EINTR)
		continue;
}

void sandbox_watch_offer(struct sandbox_watch *w)
{
	int fd = listen_to_calls(w->state);

	close(w->take);
	if (fd >= 0) {
		pass(w->offer, fd);
		close(fd);
	}
	close(w->offer);
}

void sandbox_watch_take(struct sandbox_watch *w)
{
	struct watch_state *s = w->state;
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec one = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	ssize_t n;

	close(w->offer);
	while ((n = recvmsg(w->take, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		continue;
	if (n == 1 && message.msg_controllen >= sizeof control.head && control.head.cmsg_type == SCM_RIGHTS)
		memcpy(&w->listener, CMSG_DATA(&control.head), sizeof w->listener);
	close(w->take);
	if (w->listener < 0 || seccomp_notify_alloc(&s->call, &s->answer) < 0)
		doubt(s, "this kernel does not let programs be watched");
	else
		/* an older kernel is slower */
		ioctl(w->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

/* The machine's own: what is asked there says nothing of the image's files. */
static bool is_passing(const char *path)
{
	return text_starts(path, "/tmp/") || text_starts(path, "/run/");
}

static unsigned slot_of(char kind, const char *path)
{
	uint32_t h = 2166136261u ^ (unsigned char)kind;

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 16777619u;
	return (h ^ h >> 16) % SLOTS;
}

/* The same name led the same way a moment ago. What has since been made there is the programs'
 * own work, unless it is a link. */
static bool is_known(struct watch_state *s, char kind, const char *name)
{
	unsigned at = slot_of(kind, name);

	if (s->asked[at].name && s->asked[at].turn == s->turn && *s->asked[at].name == kind &&
	    !strcmp(s->asked[at].name + 1, name))
		return true;
	free(s->asked[at].name);
	s->asked[at].name = mem_printf("%c%s", kind, name);
	s->asked[at].turn = s->turn;
	return false;
}

static void note(struct watch_state *s, char kind, const char *path)
{
	if (is_passing(path))
		return;
	char **slot = &s->slots[slot_of(kind, path)];
	if (*slot && **slot == kind && !strcmp(*slot + 1, path))
		return;
	free(*slot);
	*slot = mem_printf("%c%s", kind, path);
	if (strchr(path, '\n'))
		doubt(s, "a name has a new line in it");
	else
		fprintf(s->out, "%c %s\n", kind, path);
}

/* A path below a process' own entry that leads back into the files. */
static bool leads_back(const char *rest)
{
	const char *found = strstr(rest, "/root");

	found = found ? found : strstr(rest, "/cwd");
	found = found ? found : strstr(rest, "/map_files");
	const char *fd = strstr(rest, "/fd/");
	return found || (fd && strchr(fd + 4, '/'));
}

static void cut_last(char *done)
{
	char *slash = strrchr(done, '/');

	if (slash)
		*slash = '\0';
}

/* Takes the next name of *at onto done; false when there is none. */
static bool step_on(const char **at, char *done)
{
	for (;;) {
		*at += strspn(*at, "/");
		size_t len = strcspn(*at, "/");
		const char *name = *at;
		if (!len)
			return false;
		*at += len;
		if (len == 1 && *name == '.')
			continue;
		if (len == 2 && name[0] == '.' && name[1] == '.') {
			cut_last(done);
			continue;
		}
		size_t have = strlen(done);
		snprintf(done + have, ROOM - have, "/%.*s", (int)len, name);
		return true;
	}
}

/* Notes the links on the way, and where it ends: at a file, or at the first name that is not
 * there. done is that, of ROOM bytes. */
static void follow(struct watch_state *s, char kind, const char *path, char *done)
{
	char rest[ROOM], target[PATH_MAX], next[ROOM];
	const char *at = rest;
	struct stat st;
	int links = 0;

	snprintf(rest, sizeof rest, "%s", path);
	*done = '\0';
	while (step_on(&at, done)) {
		if (!strcmp(done, "/proc") || !strcmp(done, "/dev")) {
			if (leads_back(at))
				doubt(s, "a file was asked for by way of /proc");
			return;
		}
		if (lstat(done, &st) < 0) {
			note(s, 'l', done);
			return;
		}
		if (!S_ISLNK(st.st_mode))
			continue;
		note(s, 'l', done);
		ssize_t n = readlink(done, target, sizeof target - 1);
		if (n < 0 || ++links > LINKS_MAX)
			return;
		target[n] = '\0';
		*target == '/' ? (void)(*done = '\0') : cut_last(done);
		snprintf(next, sizeof next, "%s/%s", target, at);
		memcpy(rest, next, sizeof rest);
		at = rest;
	}
	note(s, kind, *done ? done : "/");
}

/* What the kernel itself opens to run a script. What it opens for a program is the
 * loader, a part of the C library. */
static void follow_program(struct watch_state *s, const char *path)
{
	char done[ROOM], line[PATH_MAX];

	follow(s, 'o', path, done);
	for (int i = 0; i < SCRIPTS_MAX; i++) {
		AUTO_CLOSE int fd = open(done, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
		if (n < 3 || line[0] != '#' || line[1] != '!')
			return;
		line[n] = '\0';
		char *interpreter = line + 2 + strspn(line + 2, " \t");
		interpreter[strcspn(interpreter, " \t\n")] = '\0';
		if (*interpreter != '/')
			return;
		follow(s, 'o', interpreter, done);
	}
}

/* What the link says, or nothing. */
static void read_link(const char *link, char ret[static PATH_MAX])
{
	ssize_t n = readlink(link, ret, PATH_MAX - 1);

	ret[n < 0 ? 0 : n] = '\0';
}

/* The text in the caller's memory, which may end at the end of a page. False: the call will fail in the
 * same way, or its caller is gone. */
static bool read_path(struct watch_state *s, unsigned pid, uint64_t at, char ret[static PATH_MAX])
{
	size_t first = PATH_MAX - at % PATH_MAX;
	struct iovec here = { ret, PATH_MAX };
	struct iovec there[] = { { (void *)(uintptr_t)at, first },
				 { (void *)(uintptr_t)(at + first), PATH_MAX - first } };
	ssize_t n = process_vm_readv((pid_t)pid, &here, 1, there, first < PATH_MAX ? 2 : 1, 0);

	if (n < 0 && errno != EFAULT && errno != ESRCH)
		doubt(s, "the memory of a program cannot be read");
	return n > 0 && memchr(ret, '\0', (size_t)n);
}

static void note_call(struct watch_state *s, const struct call *c, const struct seccomp_notif *n)
{
	char path[PATH_MAX], folder[PATH_MAX], link[64], whole[ROOM], done[ROOM];

	if (!read_path(s, n->pid, n->data.args[c->path], path) || !*path)
		return;
	if (c->kind == '?')
		doubt(s, "a program has another root");
	if (*path != '/') {
		int at = c->folder < 0 ? AT_FDCWD : (int)n->data.args[c->folder];
		at == AT_FDCWD ? snprintf(link, sizeof link, "/proc/%u/cwd", n->pid) :
				 snprintf(link, sizeof link, "/proc/%u/fd/%d", n->pid, at);
		read_link(link, folder);
		if (*folder != '/') {
			if (text_starts(folder, "(unreachable)"))
				doubt(s, "a folder is out of reach");
			return;
		}
	}
	snprintf(whole, sizeof whole, "%s%s%s", *path == '/' ? "" : folder, *path == '/' ? "" : "/", path);
	if (c->kind == 'm')
		s->turn++;
	else if (is_known(s, c->kind, whole))
		return;
	if (c->kind == 'x')
		follow_program(s, whole);
	else
		follow(s, c->kind == 'o' ? 'o' : 'l', whole, done);
}

void sandbox_watch_answer(struct sandbox_watch *w)
{
	struct watch_state *s = w->state;

	memset(s->call, 0, sizeof *s->call);
	if (ioctl(w->listener, SECCOMP_IOCTL_NOTIF_RECV, s->call) < 0) {
		if (errno == ENOENT || errno == EINTR)
			return; /* it was killed meanwhile */
		doubt(s, strerror(errno));
		close(w->listener); /* who waits is told that there is no such call */
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
		doubt(s, "a call was not let go on");
}

void sandbox_watch_end(struct sandbox_watch *w)
{
	struct watch_state *s = w->state;

	fclose(s->out);
}

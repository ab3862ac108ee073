/* SPDX-License-Identifier: MIT */
/* A sandbox runs an image's own programs: in their own mount, pid, ipc, net and uts namespaces, with tmpfs on
 * /dev, /run and /tmp, their own /proc masked as OCI runtimes do, the host name "localhost", no network
 * unless asked for, a container's capabilities and system calls, and no new privileges. If the machine's root
 * starts it, root inside is an unprivileged id outside (sandbox_range.h). For an ordinary user, the whole
 * build has already entered a user namespace (sandbox_enter_user_namespace). tests/e2e/sandbox.bats compares
 * it with what engines allow. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct bind {
	const char *from, *to; /* to: a path in the image that exists, or lies in /run or /tmp */
	bool writable;
};

struct sandbox {
	const char *const *lowers; /* folders, top one first, NULL-terminated */
	const char *upper, *work;  /* of the overlay, work empty; upper NULL: the root is read-only */
	const struct bind *binds;
	size_t bind_count;
	const char *const *masked; /* programs replaced by a no-op that succeeds, NULL-terminated, or NULL */
	/* NULL-terminated KEY=VALUE, or NULL; PATH, LC_ALL and HOME have defaults */
	const char *const *env;
	const char *cwd; /* or NULL: / */
	unsigned uid, gid;
	/* provides HTTP through a gate (sandbox_gate.h), the host's CA bundle, index variables and files,
	 * without their secrets */
	bool network;
	/* the id range to use if the machine's root starts it: sandboxes that run at the same time should use
	 * different ones */
	unsigned range;
	/* called with all rights inside, just before they are dropped; or NULL */
	struct err *(*before)(void);
	/* with network: NULL-terminated globs on the reachable hosts, in addition to the builder's own
	 * indexes; NULL: all public hosts */
	const char *const *hosts;
	/* A descriptor of a pipe: the sandbox is killed once its other end is closed everywhere. 0: it lives
	 * as long as it runs. */
	int life;
	const char *log; /* file that also receives the output, or NULL */
	/* File that receives the names that programs looked up in the file system, one a line, possibly
	 * repeated; or NULL. "o PATH": opened or run. "l PATH": looked at, or a link on the way. Links in
	 * PATH are followed; /dev, /proc, /run and /tmp are left out. "? WHY": a lookup could not be
	 * observed. */
	const char *lookups;
};

/* Called once, early, while there is one thread, by commands that build: for root only tries whether it has
 * the rights that a room needs; else moves the process into a user namespace whose root is the caller and
 * whose ids 1..65535 are the caller's subordinate range. Explains what is missing (newuidmap, /etc/subuid,
 * AppArmor). */
struct err *sandbox_enter_user_namespace(void) MUST_CHECK;

/* A hint for a system call of the sandbox's setup that failed with this errno; NULL: none. */
const char *sandbox_enter_refusal(int code);

/* Runs argv in the sandbox. ERR_BUILD if it fails, with its last lines of output. */
struct err *sandbox_run(const struct sandbox *s, const char *const *argv) MUST_CHECK;
/* Runs a function in a process of the sandbox, with the image's root as its root and its output captured; its
 * result is the exit status. Descriptors above 2 are closed there. The sandbox ends with that process, and
 * with this one, however it ends. line, if given, is called with each line of output as it arrives. The
 * caller may have other threads (layers of packages are written while the packages are configured), so inside
 * may use memory and files, but nothing that takes a lock. */
struct err *sandbox_call(const struct sandbox *s, int (*inside)(void *arg), void *arg, const char *what,
			 void (*line)(void *arg, const char *line), void *line_arg) MUST_CHECK;

/* For functions that run inside: starts a program, waits for it and reaps orphans meanwhile. Returns the exit
 * status, 128 + signal, or 127 if it cannot be started. */
int sandbox_spawn(const char *const *argv, const char *const *env);
/* Programs that are started from now on run by one processor, or by all again. Scripts are chains of small
 * programs that wait for one another: to wake another processor for each, in a virtual machine above all,
 * takes longer than they run. */
void sandbox_by_one_processor(bool one);
#define SANDBOX_BESIDE_MOST 2 /* in the life of one sandbox */
/* The same beside what follows; sandbox_await_beside waits for the status. -1: there are too many already. */
int sandbox_spawn_beside(const char *const *argv);
int sandbox_await_beside(int which);

/* SPDX-License-Identifier: MIT */
/* A room to run an image's own programs in: own mount, pid, ipc, net and uts namespaces, tmpfs /dev,
 * /run and /tmp, a /proc of its own, covered as OCI runtimes do, host name "localhost", no network
 * unless asked, the capabilities and system calls that a container gets, no new privileges. Where root
 * of the machine starts it, root inside is nobody outside (sandbox_range.h); as an ordinary user the
 * whole build has already entered a user namespace (sandbox_enter_user_namespace).
 * tests/e2e/sandbox.bats compares it with what engines allow. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct bind {
	const char *from, *to; /* to: a path in the image, which exists, or lies in /run or /tmp */
	bool writable;
};

struct sandbox {
	const char *const *lowers; /* folders, top one first, NULL-terminated */
	const char *upper, *work;  /* overlay's, work empty; upper NULL: the root is read-only */
	const struct bind *binds;
	size_t bind_count;
	const char *const *masked; /* programs that answer "true" and do nothing, NULL-terminated, or NULL */
	/* NULL-terminated KEY=VALUE, or NULL; PATH, LC_ALL and HOME have defaults */
	const char *const *env;
	const char *cwd; /* or NULL: / */
	unsigned uid, gid;
	/* a way out by HTTP (sandbox_gate.h), the host's CA bundle, index variables
	 * and files, without their secrets */
	bool network;
	/* which ids root of the machine gives it: those of rooms that run together should differ */
	unsigned range;
	/* called with all rights in it, just before they are given up; or NULL */
	struct err *(*before)(void);
	/* with network: NULL-terminated globs on the hosts in reach beside the builder's own
	 * indexes; NULL: all public ones */
	const char *const *hosts;
	const char *log; /* file that receives the output as well, or NULL */
	/* File that receives, a line each and some of them many times, what its programs asked the file
	 * system for by name, or NULL: "o PATH" they opened or ran it, "l PATH" they looked whether and what
	 * it is, or passed it, a link, on their way; links of PATH are followed, nothing below /dev, /proc,
	 * /run and /tmp is noted. "? WHY": not everything could be seen. */
	const char *lookups;
};

/* Called once, early, while there is one thread, by commands that build: for root only tries whether it has
 * the rights that a room needs; else moves the process into a user namespace whose root is the caller and
 * whose ids 1..65535 are the caller's subordinate range. Explains what is missing (newuidmap, /etc/subuid,
 * AppArmor). */
struct err *sandbox_enter_user_namespace(void) MUST_CHECK;

/* What to do about a system call of the room's own making that failed so; NULL: nothing is known. */
const char *sandbox_enter_refusal(int code);

/* Runs argv in the room. What cannot be run is ERR_BUILD and carries its last lines. */
struct err *sandbox_run(const struct sandbox *s, const char *const *argv) MUST_CHECK;
/* Runs a function in a process of the room, root of the image as its root, its output
 * captured: its result is the exit status. Descriptors above 2 are closed there.
 * The room ends with that process, and with this one, however it ends. line, when given, is called with each
 * line of output as it comes. The caller may have other threads (layers of packages are poured while the
 * packages are configured): inside has memory and files, and nothing else that takes a lock. */
struct err *sandbox_call(const struct sandbox *s, int (*inside)(void *arg), void *arg, const char *what,
			 void (*line)(void *arg, const char *line), void *line_arg) MUST_CHECK;

/* For functions that run inside: starts a program, waits, reaps orphans meanwhile. The
 * exit status, 128 + signal, or 127 when it cannot be started. */
int sandbox_spawn(const char *const *argv, const char *const *env);

/* A room to run an image's own programs in: own mount, pid, ipc and uts
 * namespaces, tmpfs /dev, /run and /tmp, fresh /proc, fixed host name, no network
 * unless asked. As an ordinary user the whole build has already entered a user
 * namespace (sandbox_enter_user_namespace). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct bind {
	const char *from, *to;   /* to: a path in the image */
	bool writable;
};

struct sandbox {
	const char *const *lowers; /* folders, top one first, NULL-terminated */
	const char *upper, *work;  /* overlay's; upper NULL: the root is read-only */
	const struct bind *binds;
	size_t bind_count;
	const char *const *masked; /* programs that answer "true" and do nothing, NULL-terminated, or NULL */
	const char *const *env;    /* NULL-terminated KEY=VALUE; PATH, LC_ALL, HOME and SOURCE_DATE_EPOCH have defaults */
	const char *cwd;
	unsigned uid, gid;
	bool network;              /* the host's network and its resolv.conf, CA bundle and proxy variables */
	const char *log;           /* file that receives the output as well, or NULL */
};

/* Called once, early, by commands that build: a no-op for root; else re-creates the
 * process in a user namespace whose root is the caller and whose ids 1..65535 are the
 * caller's subordinate range. Explains what is missing (newuidmap, /etc/subuid, AppArmor). */
struct err *sandbox_enter_user_namespace(void) MUST_CHECK;

/* Runs argv in the room. On failure the error carries its last lines. */
struct err *sandbox_run(const struct sandbox *s, const char *const *argv) MUST_CHECK;
/* Runs a function as process 1 of the room, root of the image as its root: its result
 * is the exit status. */
struct err *sandbox_call(const struct sandbox *s, int (*inside)(void *arg), void *arg, const char *what) MUST_CHECK;

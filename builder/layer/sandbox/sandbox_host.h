/* SPDX-License-Identifier: MIT */
/* What of the host reaches the room: how the caller is mapped, and for steps that use
 * the network the files and variables that make it work here. */
#pragma once
#include "layer/sandbox/sandbox.h"

/* The caller's /proc/self/uid_map, empty when there is none. */
void sandbox_host_map(char ret[static 256]);
/* Whether root here is an ordinary user outside. */
bool sandbox_host_in_user_namespace(void);

/* A variable of mkbench's own: a shared object (builder/later.c) that programs of rooms without
 * network load before their own. With another date no certificate of a server would be valid, so a
 * room with network goes without. */
#define SANDBOX_HOST_LATER "MKBENCH_LATER"

struct sandbox_host {
	struct bind binds[1];
	size_t count;
};

/* Whether a program's line says that it does not trust a server's certificate: pip,
 * npm, yarn, git, curl, Go. */
bool sandbox_host_distrusts(const char *line);
/* With network the CA bundle of the host, without it what SANDBOX_HOST_LATER names. */
struct sandbox_host sandbox_host_files(bool network);

/* Where the caller told pip and npm which index to use: the first that there is of the file that
 * the environment names, the user's and the machine's, without what logs in there
 * (sandbox_login.h). Read while the host's files are in sight, put as files that only the sandbox's
 * user can read once the room's /run is there. */
struct sandbox_settings {
	char *bytes[2]; /* texts; NULL: there is none */
};
void sandbox_host_settings(const struct sandbox *s, struct sandbox_settings *ret);
struct err *sandbox_host_put_settings(const struct sandbox *s,
				      const struct sandbox_settings *settings) MUST_CHECK;
/* The whole environment of a program in the room: defaults, the host's proxy and index
 * settings with network, then the sandbox's own, later ones in place of earlier ones.
 * NULL-terminated, never freed: it is for a process about to exec. */
const char **sandbox_host_environment(const struct sandbox *s);

/* SPDX-License-Identifier: MIT */
/* What a sandbox gets from the host: the caller's id mapping and, for steps with network, the files and
 * variables that make the network work. */
#pragma once
#include "layer/sandbox/sandbox.h"

/* The caller's /proc/self/uid_map; empty if there is none. */
void sandbox_host_map(char ret[static 256]);
/* Whether root here is an ordinary user outside. */
bool sandbox_host_in_user_namespace(void);

/* A variable of mkbench's own: a shared object (builder/later.c) that programs in sandboxes without network
 * preload. Sandboxes with network do not get it, because with another date no server's certificate would be
 * valid. */
#define SANDBOX_HOST_LATER "MKBENCH_LATER"

struct sandbox_host {
	struct bind binds[1];
	size_t count;
};

/* Whether a program's output line says that it does not trust a server's certificate: pip, npm, yarn, git,
 * curl, Go. */
bool sandbox_host_distrusts(const char *line);
/* With network the host's CA bundle, without it the file that SANDBOX_HOST_LATER names. */
struct sandbox_host sandbox_host_files(bool network);

/* The caller's settings for the package indexes of pip and npm: the first file that exists of the one in the
 * environment, the user's and the machine's, without credentials (sandbox_login.h). They are read while the
 * host's files are visible, and written as files that only the sandbox's user can read once the sandbox has
 * its /run. */
struct sandbox_settings {
	char *bytes[2]; /* texts; NULL: none */
};
void sandbox_host_settings(const struct sandbox *s, struct sandbox_settings *ret);
struct err *sandbox_host_put_settings(const struct sandbox *s,
				      const struct sandbox_settings *settings) MUST_CHECK;
/* The whole environment of a program in the sandbox: defaults, with network the host's proxy and index
 * settings, then the sandbox's own; later values replace earlier ones. NULL-terminated, never freed: it is
 * for a process about to exec. */
const char **sandbox_host_environment(const struct sandbox *s);

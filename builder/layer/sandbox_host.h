/* What of the host reaches the room: how the caller is mapped, and for steps that use
 * the network the files and variables that make it work here. */
#pragma once
#include "layer/sandbox.h"

/* The caller's /proc/self/uid_map, empty when there is none. */
void sandbox_host_map(char ret[static 256]);
/* Whether root here is an ordinary user outside. */
bool sandbox_host_in_user_namespace(void);

struct sandbox_host {
	struct bind binds[3];
	size_t count;
};

/* resolv.conf, hosts and the CA bundle of the host; none without network. */
struct sandbox_host sandbox_host_files(bool network);
/* The whole environment of a program in the room: defaults, the host's proxy and index
 * settings with network, then the sandbox's own, later ones in place of earlier ones.
 * NULL-terminated, never freed: it is for a process about to exec. */
const char **sandbox_host_environment(const struct sandbox *s);

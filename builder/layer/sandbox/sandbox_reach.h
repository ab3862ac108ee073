/* SPDX-License-Identifier: MIT */
/* Decides which addresses and names a step with network may reach (sandbox_visit.h). */
#pragma once
#include <stdbool.h>

struct sockaddr;

/* Whether an address is public, not of a private or special network. */
bool sandbox_reach_is_public(const struct sockaddr *address);
/* Whether an address is this machine's, or in a network it is connected to: such an address may be public,
 * too, yet lead past a firewall. */
bool sandbox_reach_is_near(const struct sockaddr *address);
/* Whether this is exactly "HOST[:PORT]": with '#', '/', '\\' or '@' a URL's reader could see another host, or
 * none. */
bool sandbox_reach_is_plain(const char *host);
/* Whether the last label of a name is a number in any base: resolvers treat such a name as an address. */
bool sandbox_reach_is_number(const char *name);

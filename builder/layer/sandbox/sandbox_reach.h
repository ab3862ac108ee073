/* SPDX-License-Identifier: MIT */
/* Which addresses and names a step with a network may mean (sandbox_visit.h). */
#pragma once
#include <stdbool.h>

struct sockaddr;

/* Whether an address is one of the internet: of no network that only some see. */
bool sandbox_reach_is_public(const struct sockaddr *address);
/* Whether an address is this machine's, or of a network that it is in: those have addresses that are public,
 * too, and doors that a firewall keeps others from. */
bool sandbox_reach_is_near(const struct sockaddr *address);
/* Whether "HOST[:PORT]" is one and nothing else: what follows a '#', a '/', a '\\' or an '@' would be another
 * host, or none, to who reads the URL. */
bool sandbox_reach_is_plain(const char *host);
/* Whether the last part of a name is a number, in whatever base: resolvers take
 * such a name for an address. */
bool sandbox_reach_is_number(const char *name);

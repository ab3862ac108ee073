/* SPDX-License-Identifier: MIT */
/* One connection of a step to its gate (sandbox_gate.h). */
#pragma once
#include "layer/sandbox/sandbox_login.h"

/* Reads the request, asks the host that it names as far as it may be asked, and answers. Closes
 * nothing. hosts: globs, NULL-terminated, on the hosts that may be asked beside those of the
 * logins; none: every public one. */
void sandbox_visit(int client, const struct sandbox_login *logins, char *const *hosts);

/* SPDX-License-Identifier: MIT */
/* Serves one connection of a step to its gate (sandbox_gate.h). */
#pragma once
#include "layer/sandbox/sandbox_login.h"

/* Reads the request, asks the requested host if that is allowed, and answers. Closes nothing. hosts: globs,
 * NULL-terminated, on the allowed hosts in addition to those of the logins; none: every public host. */
void sandbox_visit(int client, const struct sandbox_login *logins, char *const *hosts);

/* SPDX-License-Identifier: MIT */
/* JSON lines over QEMU's sockets: its machine protocol QMP (QEMU's docs/interop/qmp-spec.rst) and the agent
 * in the guest (services/guest/tools/agent.h). */
#pragma once
#include <jansson.h>

#include "base/err.h"

/* Runs a QMP command. Takes ownership of `arguments`; NULL for none. ret receives what the command returns,
 * the caller's to release; pass NULL to ignore it. ERR_SYSTEM with QEMU's own words if it refuses, or if
 * nothing answers. */
struct err *qmp_execute(const char *socket_path, const char *command, json_t *arguments,
			json_t **ret) MUST_CHECK;
/* Runs argv in the guest and waits for the answer at most that long. ret_output is the caller's to free. */
struct err *qmp_agent(const char *socket_path, const char *const *argv, int milliseconds, char **ret_output,
		      int *ret_status) MUST_CHECK;

/* SPDX-License-Identifier: MIT */
/* Lines of JSON over the sockets of a QEMU: its machine protocol (QEMU's docs/interop/qmp-spec.rst) and the
 * agent in the guest (services/guest/tools/agent.h). */
#pragma once
#include <jansson.h>

#include "base/err.h"

/* Runs a command of the machine protocol. `arguments` is taken, NULL for none. ret gets what it
 * returns, the caller's to release; NULL when nobody asks. ERR_SYSTEM with QEMU's own words when
 * it refuses, or nobody answers. */
struct err *qmp_execute(const char *socket_path, const char *command, json_t *arguments,
			json_t **ret) MUST_CHECK;
/* Runs argv in the guest, waiting at most so long for the answer. ret_output is the caller's to free. */
struct err *qmp_agent(const char *socket_path, const char *const *argv, int milliseconds, char **ret_output,
		      int *ret_status) MUST_CHECK;

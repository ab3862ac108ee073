/* SPDX-License-Identifier: MIT */
/* Lines of JSON over the sockets of a QEMU: its machine protocol (QEMU's docs/interop/qmp-spec.rst) and the agent
 * in the guest (services/guest/tools/agent.h). */
#pragma once
#include "base/err.h"

/* Runs a command of QEMU's monitor for people, such as "system_powerdown"; ERR_SYSTEM when it complains. */
struct err *qmp_monitor(const char *socket_path, const char *command) MUST_CHECK;
/* Runs argv in the guest, waiting at most so long for the answer. ret_output is the caller's to free. */
struct err *qmp_agent(const char *socket_path, const char *const *argv, int milliseconds, char **ret_output, int *ret_status) MUST_CHECK;

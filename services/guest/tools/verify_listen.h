/* SPDX-License-Identifier: MIT */
/* Checks what listens, by the kernel's own tables (its Documentation/networking/proc_net_tcp.rst). */
#pragma once
#include "tools/ctl_verify.h"

/* Adds one row: only the published port is open to other machines, and each declared port listens. Lists
 * other ports of this machine alone, with their owners. */
void verify_listen_ports(struct ctl_verify *v);

/* SPDX-License-Identifier: MIT */
/* What listens, by the kernel's own tables (its Documentation/networking/proc_net_tcp.rst). */
#pragma once
#include "tools/ctl_verify.h"

/* One row: nothing but the published port is open to other machines, and each declared port listens. Ports of
 * this machine alone that bench.json does not name are told with their owners. */
void verify_listen_ports(struct ctl_verify *v);

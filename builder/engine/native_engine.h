/* SPDX-License-Identifier: MIT */
/* mkbench's own container engine, for machines without one: the image's root under an overlay, in its own
 * namespaces, supervised by a monitor process that forwards the port.
 *
 *   $XDG_DATA_HOME/mkbench/NAME/    (~/.local/share/mkbench/NAME/)
 *     data/          the volume
 *     upper/ work/   the container's changes to its root; removed at the next start
 *     log            its output
 *     pids           process 1 and the monitor, as the host numbers them
 *     lock           held by the monitor while it runs */
#pragma once
#include "engine/engine.h"

extern const struct engine native_engine_row;

/* Runs argv in the running container of that name and exits with its status; returns only on failure. */
struct err *native_engine_inside(const char *name, const char *const *argv) MUST_CHECK;

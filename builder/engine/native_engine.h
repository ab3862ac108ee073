/* SPDX-License-Identifier: MIT */
/* mkbench's own runner, for machines without an engine: the image's root under an
 * overlay, in namespaces of its own, watched by a keeper process that forwards the port.
 *
 *   $XDG_DATA_HOME/mkbench/NAME/    (~/.local/share/mkbench/NAME/)
 *     data/          the volume
 *     upper/ work/   what the container changed in its root; gone at the next start
 *     log            what it wrote
 *     pids           process 1 and the keeper, as the host numbers them
 *     lock           held by the keeper while it runs */
#pragma once
#include "engine/engine.h"

extern const struct engine native_engine_row;

/* Runs argv in the running room of that name and exits with its status; returns when it cannot. */
struct err *native_engine_inside(const char *name, const char *const *argv) MUST_CHECK;

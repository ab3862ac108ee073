/* SPDX-License-Identifier: MIT */
/* Finds out whether docker or podman can start a container at all, before a large image is loaded into it: it
 * starts one of a single file, our own program of a few bytes, which ends at once. */
#pragma once
#include "engine/engine.h"

/* ERR_SYSTEM with the engine's words: it cannot. NULL also if that cannot be found out: the engine runs
 * something already, it takes no such image, or there is no such program for this processor. Leaves nothing
 * in the engine, except an image without a name if mkbench is killed meanwhile. */
struct err *container_probe(const struct engine *e) MUST_CHECK;

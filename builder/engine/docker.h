/* SPDX-License-Identifier: MIT */
/* docker and podman by their command line, which is the same for all that is wanted here. */
#pragma once
#include "engine/engine.h"

extern const struct engine docker_row, docker_podman;

/* Why one of them does not answer, as it says it itself; the caller's to free. */
char *docker_why(const struct engine *e);

/* SPDX-License-Identifier: MIT */
/* Runs containers by the command line of docker or podman, which is the same for our needs. */
#pragma once
#include "engine/engine.h"

extern const struct engine docker_row, docker_podman;

/* Why the engine does not answer, in its own words; the caller's to free. */
char *docker_why(const struct engine *e);

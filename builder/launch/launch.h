/* SPDX-License-Identifier: MIT */
/* Starts what a person asked to run: opens the image, chooses a name, a port and an engine. */
#pragma once
#include "engine/engine.h"
#include "launch/run.h"

struct launch_prepared {
	struct oci_image bundle;
	const struct engine *engine;
	struct launch launch;
	bool any_engine; /* the engine was not chosen by a person, and has nothing of that name */
	bool any_port;
	int64_t started_ms; /* of clock_ms(), once launch_start has succeeded */
	int listener;	    /* reserves the port until the engine publishes it */
	char *data;
};

/* ret is the caller's to close in any case. */
struct err *launch_open(const struct run_options *o, struct launch_prepared *ret) MUST_CHECK;
/* Starts it. If no engine was chosen and one cannot run it after all, the next is tried. If no port was
 * chosen and it was taken meanwhile, another is used. */
struct err *launch_start(struct launch_prepared *p) MUST_CHECK;
void launch_close(struct launch_prepared *p);
#define AUTO_LAUNCH __attribute__((cleanup(launch_close)))

/* ERR_USAGE if no engine would accept the name. */
struct err *launch_name(const char *name) MUST_CHECK;

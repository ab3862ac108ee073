/* SPDX-License-Identifier: MIT */
/* From what a person asked for to something that has been started: the image opened, a
 * name, a port, somebody to run it. */
#pragma once
#include "engine/engine.h"
#include "launch/run.h"

struct launch_prepared {
	struct oci_image bundle;
	const struct engine *engine;
	struct launch launch;
	bool any_engine; /* nobody chose it, and nothing of that name is kept by it */
	bool any_port;
	int listener; /* holds the port until somebody publishes it */
	char *data;
};

/* ret is the caller's to close in any case. */
struct err *launch_open(const struct run_options *o, struct launch_prepared *ret) MUST_CHECK;
/* Starts it. Where nobody has chosen, an engine that cannot run it after all makes room for the next one, and
 * a port that somebody else has taken meanwhile for another. */
struct err *launch_start(struct launch_prepared *p) MUST_CHECK;
void launch_close(struct launch_prepared *p);
#define AUTO_LAUNCH __attribute__((cleanup(launch_close)))

/* ERR_USAGE for a name that no engine would take. */
struct err *launch_name(const char *name) MUST_CHECK;
